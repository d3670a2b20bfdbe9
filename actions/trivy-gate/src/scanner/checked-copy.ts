import { type FileHandle, open } from 'node:fs/promises';

const size = 4 << 20;

/**
 * Copies a file to a place that only this user can reach, and hashes what it writes there: what was
 * checked is what is used, whatever happens to the original meanwhile. Hashing takes most of the
 * time, and reading and writing go on beside it.
 * @param to is made; only this user can read it
 * @returns SHA-256 in hex
 */
export async function checkedCopy(from: string, to: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  await using source = await open(from);
  await using target = await open(to, 'w', 0o600);
  let [now, next] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
  for (let { bytesRead } = await source.read(now, 0, size); bytesRead > 0; ) {
    const piece = now.subarray(0, bytesRead);
    const io = Promise.all([source.read(next, 0, size), write(target, piece)]);
    hash.update(piece);
    const [read] = await io;
    bytesRead = read.bytesRead;
    [now, next] = [next, now];
  }
  return hash.digest('hex');
}

// In one piece, where FileHandle.writeFile makes many small ones.
async function write(file: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
}

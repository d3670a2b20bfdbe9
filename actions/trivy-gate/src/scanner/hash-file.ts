import { type FileHandle, open, stat } from 'node:fs/promises';

const size = 4 << 20;

/** What a file was when it was hashed. */
export interface Hashed {
  /** In hex. */
  sha256: string;
  /**
   * Whether its path still leads to the same file, which nobody has written to since the hashing
   * began: every write, also one that keeps the length and sets the time of the last one back,
   * moves the time of the last change, which only the system can set.
   */
  isSame(): Promise<boolean>;
}

/** Hashes a file where it is, reading one piece while another is hashed. */
export async function hashFile(path: string): Promise<Hashed> {
  await using file = await open(path);
  const before = identity(await file.stat({ bigint: true }));
  const sha256 = await hashPieces(file);
  const isSame = () =>
    stat(path, { bigint: true }).then(
      (now) => identity(now) === before,
      () => false,
    );
  return { sha256, isSame };
}

function identity(file: { dev: bigint; ino: bigint; size: bigint; ctimeNs: bigint }): string {
  return [file.dev, file.ino, file.size, file.ctimeNs].join(' ');
}

/**
 * Copies a file to a place that only this user can reach, and hashes what it writes there.
 * @param to is made; only this user can read it
 * @returns SHA-256 in hex
 */
export async function checkedCopy(from: string, to: string): Promise<string> {
  await using source = await open(from);
  await using target = await open(to, 'w', 0o600);
  return await hashPieces(source, (piece) => write(target, piece));
}

// Hashing takes most of the time; reading, and what else is done with a piece, go on beside it.
async function hashPieces(
  source: FileHandle,
  also?: (piece: Buffer) => Promise<void>,
): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  let [now, next] = [Buffer.allocUnsafe(size), Buffer.allocUnsafe(size)];
  for (let { bytesRead } = await source.read(now, 0, size); bytesRead > 0; ) {
    const piece = now.subarray(0, bytesRead);
    const io = Promise.all([source.read(next, 0, size), also?.(piece)]);
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

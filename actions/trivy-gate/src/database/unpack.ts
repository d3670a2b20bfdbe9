import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Four times what the database of Trivy has today; what a gzip of 2 GB can become has no end. */
const mostBytes = 4 * 2 ** 30;

/**
 * Unpacks the two files of a vulnerability database out of its archive, and nothing else: no links,
 * no folders.
 * @param folder is made
 * @param most bytes of the unpacked archive, all that is left out included
 * @throws Error when it is no such archive, or a longer one
 */
export async function unpackDatabase(
  archive: string,
  folder: string,
  most = mostBytes,
): Promise<void> {
  const { extract } = await import('tar');
  await mkdir(folder, { recursive: true });
  const wanted = new Set(['trivy.db', 'metadata.json']);
  const unpack = extract({
    cwd: folder,
    strict: true,
    filter: (path, entry) =>
      wanted.has(path.replace(/^\.\//, '')) && 'type' in entry && entry.type === 'File',
  });
  const closed = once(unpack, 'close');
  closed.catch(() => undefined);
  await pipeline(
    createReadStream(archive),
    createGunzip(),
    async (pieces: AsyncIterable<Buffer>) => {
      let length = 0;
      for await (const piece of pieces) {
        length += piece.length;
        if (length > most) throw new Error(`it is longer than ${most} bytes when unpacked`);
        if (!unpack.write(piece)) await Promise.race([once(unpack, 'drain'), closed]);
      }
    },
  );
  unpack.end();
  await closed;
}

import { open } from 'node:fs/promises';
import type { Descriptor, Registry } from '@slipway/shared/image/registry';

/**
 * Fetches a blob into a file that only this user can read, from its beginning again after a lost
 * connection. Its bytes are checked against its digest.
 * @param path is made, or written over
 * @throws Failure `image/*` of the registry
 */
export async function saveBlob(
  registry: Registry,
  repository: string,
  blob: Descriptor,
  path: string,
): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  let offset = 0;
  await registry.blob(repository, blob, {
    async begin() {
      await file.truncate(0);
      offset = 0;
    },
    async write(piece) {
      await file.write(piece, 0, piece.length, offset);
      offset += piece.length;
    },
  });
}

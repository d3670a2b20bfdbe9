import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { find } from '../registry.ts';

/** Digest of the Trivy that setup built, for the input `trivy-sha256`: no table can have it. */
export async function trivySha256(): Promise<string> {
  return createHash('sha256')
    .update(await readFile(find(['trivy'])))
    .digest('hex');
}

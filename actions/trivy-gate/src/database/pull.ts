import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import type { Registry } from '@slipway/shared/image/registry';
import { saveBlob } from '../save-blob.ts';
import { isFull } from '../scanner/get-trivy.ts';
import { KeptArchive } from './kept-archive.ts';
import { type Database, lookAtDatabase } from './metadata.ts';
import { unpackDatabase } from './unpack.ts';

const layerType = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';
/** The database of Trivy has less than a tenth of that when packed. */
const longestArchive = 2 ** 30;

/** Where a database goes. */
export interface PullTo {
  /** Private folder, in which it is unpacked; gone after the run. */
  folder: string;
  /** Keeps archives for later runs. */
  cacheFolder: string;
  say(line: string): void;
}

/**
 * Gets a vulnerability database as a registry has it now: its digest comes from there in each run,
 * its bytes from the cache where they have that digest, else from there too.
 * Source: pkg/db and pkg/oci of Trivy: one layer, a tar.gz with trivy.db and metadata.json.
 * @throws Failure `image/*` of the registry, `gate/database` when it is something else
 */
export async function pullDatabase(
  registry: Registry,
  reference: ImageReference,
  { cacheFolder, folder, say }: PullTo,
): Promise<Database> {
  const { digest, repository, tag = '2' } = reference;
  const wrong = (said: string, cause?: unknown): Failure =>
    Failure.of('gate/database', { said: `${formatReference(reference)} ${said}` }, cause);
  const { content } = await registry.manifest(repository, digest ?? tag);
  const layers = content.kind === 'image' ? content.layers : [];
  const layer = layers.find(({ mediaType }) => mediaType === layerType);
  if (!layer) throw wrong('is no vulnerability database of Trivy');
  if (layer.size > longestArchive) throw wrong(`is longer than ${longestArchive} bytes`);

  const kept = new KeptArchive(cacheFolder, layer, say);
  const archive = join(folder, 'db.tar.gz');
  if (!(await kept.copyTo(archive))) {
    await saveBlob(registry, repository, layer, archive);
    await kept.keep(archive);
  }
  const unpacked = join(folder, 'db');
  try {
    await unpackDatabase(archive, unpacked);
  } catch (error) {
    if (isFull(error)) throw error;
    await kept.remove();
    throw wrong(`cannot be unpacked: ${messageOf(error)}`, error);
  } finally {
    await rm(archive, { force: true });
  }
  const found = await lookAtDatabase(unpacked);
  if (!('problem' in found)) return { ...found, discard: () => kept.remove() };
  await kept.remove();
  throw wrong(`is no database: ${found.problem}`);
}

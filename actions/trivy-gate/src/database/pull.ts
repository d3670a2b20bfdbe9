import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import type { Registry } from '@slipway/shared/image/registry';
import { saveBlob } from '../save-blob.ts';

const layerType = 'application/vnd.aquasec.trivy.db.layer.v1.tar+gzip';

/**
 * Pulls a vulnerability database from a registry; its bytes are checked against the manifest.
 * Source: pkg/db and pkg/oci of Trivy: one layer, a tar.gz with trivy.db and metadata.json.
 * @param folder where the two files go
 * @throws Failure `image/*` of the registry, `gate/database` when it is something else
 */
export async function pullDatabase(
  registry: Registry,
  reference: ImageReference,
  folder: string,
): Promise<void> {
  const { digest, repository, tag = '2' } = reference;
  const said = (wrong: string): Failure =>
    Failure.of('gate/database', { said: `${formatReference(reference)} ${wrong}` });
  const { content } = await registry.manifest(repository, digest ?? tag);
  const layers = content.kind === 'image' ? content.layers : [];
  const layer = layers.find(({ mediaType }) => mediaType === layerType);
  if (!layer) throw said('is no vulnerability database of Trivy');
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'db.tar.gz');
  await saveBlob(registry, repository, layer, archive);
  const { extract } = await import('tar');
  const wanted = new Set(['trivy.db', 'metadata.json']);
  const filter = (path: string) => wanted.has(path.replace(/^\.\//, ''));
  try {
    await extract({ file: archive, cwd: folder, strict: true, filter });
  } catch (error) {
    throw said(`cannot be unpacked: ${messageOf(error)}`);
  }
  await rm(archive);
}

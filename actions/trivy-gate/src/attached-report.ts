import { createReadStream, createWriteStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Registry } from '@slipway/shared/image/registry';
import { saveBlob } from './save-blob.ts';

const artifactType = 'application/vnd.slipway.trivy-report.v1';
const mediaType = 'application/vnd.slipway.trivy-report.v1+json+gzip';

/**
 * Attaches a report to the image that it is about.
 * @param digest of the image of one platform
 * @param created milliseconds since the epoch
 */
export async function attachReport(
  registry: Registry,
  repository: string,
  digest: string,
  path: string,
  created: number,
): Promise<void> {
  const bytes = new Uint8Array(await buffer(createReadStream(path).pipe(createGzip())));
  const subject = await registry.resolve(repository, digest);
  await registry.attach(repository, subject, {
    artifactType,
    created: new Date(created).toISOString(),
    content: { mediaType, bytes },
  });
}

/**
 * Fetches the newest report that is attached to an image.
 * @param path where it goes
 * @returns whether there is one
 * @throws Failure `gate/baseline` when what is attached is none
 */
export async function fetchAttachedReport(
  registry: Registry,
  repository: string,
  digest: string,
  path: string,
): Promise<boolean> {
  const [newest] = await registry.attachments(repository, digest, artifactType);
  if (newest === undefined) return false;
  const { content } = await registry.manifest(repository, newest);
  const layer = content.kind === 'image' ? content.layers[0] : undefined;
  const fail = (said: string, cause?: unknown) =>
    Failure.of('gate/baseline', { baseline: `attached to ${digest}`, said }, cause);
  if (layer?.mediaType !== mediaType) throw fail('it is no report');
  const packed = `${path}.gz`;
  await saveBlob(registry, repository, layer, packed);
  try {
    await pipeline(createReadStream(packed), createGunzip(), createWriteStream(path));
  } catch (error) {
    throw fail(messageOf(error), error);
  }
  return true;
}

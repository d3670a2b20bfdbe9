import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Registry } from '@slipway/shared/image/registry';

const artifactType = 'application/vnd.slipway.trivy-report.v1';
const mediaType = 'application/vnd.slipway.trivy-report.v1+json+gzip';

/**
 * Attaches a report to the image that it is about, for people and other tools. It is never read
 * back: whoever may push to the repository could attach one as well (docs/decisions/0020-baseline.md).
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

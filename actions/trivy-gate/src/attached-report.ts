import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import type { Registry } from '@slipway/shared/image/registry';

const artifactType = 'application/vnd.slipway.trivy-report.v1';
const mediaType = 'application/vnd.slipway.trivy-report.v1+json+gzip';

/**
 * Attaches a report to the image that it is about, for people and other tools. It is never read
 * back: whoever may push to the repository could attach one as well (docs/decisions/0020-baseline.md).
 * @param image by its digest; of one platform
 * @param created milliseconds since the epoch
 */
export async function attachReport(
  registry: Registry,
  image: { repository: string; digest: string },
  path: string,
  created: number,
): Promise<void> {
  const bytes = new Uint8Array(await buffer(createReadStream(path).pipe(createGzip())));
  const { repository } = image;
  const subject = await registry.resolve(repository, image.digest);
  await registry.attach(repository, subject, {
    artifactType,
    created: new Date(created).toISOString(),
    content: { mediaType, bytes },
  });
}

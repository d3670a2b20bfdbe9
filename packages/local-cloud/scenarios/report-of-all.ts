import { join } from 'node:path';
import { pushArtifact } from '../src/oci/push.ts';
import { writeDatabase } from '../src/trivy/database.ts';
import { plantedImage } from '../src/trivy/images.ts';
import { type Report, scanImage, timeless } from './trivy.ts';

/** What Trivy says about the image `all`, by its digest in a registry and with all scanners on. */
export async function reportOfAll(home: string, registry: string): Promise<Report> {
  await writeDatabase(join(home, 'db'));
  const image = await pushArtifact(registry, 'gate/shop', await plantedImage('all'));
  const report = await scanImage(
    home,
    ...['--scanners', 'vuln,secret,misconfig,license', '--image-config-scanners', 'misconfig'],
    ...['--image-src', 'remote', image],
  );
  return timeless(report, registry);
}

import { gzipSync } from 'node:zlib';
import { type Files, packFiles } from './archive.ts';
import {
  type Artifact,
  type Blob,
  describeBlob,
  digestOf,
  jsonBlob,
  manifestType,
} from './blob.ts';

/** A layer, or a line of the history that changes no file. */
export interface Instruction {
  /** As BuildKit writes it into the history: `COPY app /app # buildkit` */
  createdBy: string;
  files?: Files;
}

/**
 * Makes an image for linux/amd64 without an engine; the same instructions give the same digest.
 * @param config of the container: `User`, `Env`, `Cmd`, …
 */
export async function makeImage(
  instructions: readonly Instruction[],
  config: Readonly<Record<string, unknown>>,
): Promise<Artifact> {
  const layers: Blob[] = [];
  const diffIds: string[] = [];
  for (const { files } of instructions) {
    if (!files) continue;
    const tar = await packFiles(files);
    diffIds.push(digestOf(tar));
    layers.push({
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      // Not compressed, since zlib does that differently from processor to processor.
      bytes: gzipSync(tar, { level: 0 }),
    });
  }
  const created = '2026-01-01T00:00:00Z';
  const imageConfig = jsonBlob('application/vnd.oci.image.config.v1+json', {
    created,
    architecture: 'amd64',
    os: 'linux',
    config,
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: instructions.map(({ createdBy, files }) => ({
      created,
      created_by: createdBy,
      ...(!files && { empty_layer: true }),
    })),
  });
  const manifest = jsonBlob(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: describeBlob(imageConfig),
    layers: layers.map(describeBlob),
  });
  return { manifest, blobs: [imageConfig, ...layers] };
}

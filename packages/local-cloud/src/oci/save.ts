import { writeFile } from 'node:fs/promises';
import { type Files, packFiles, writeFiles } from './archive.ts';
import { type Artifact, describeBlob, digestOf } from './blob.ts';

/**
 * Writes an image as an OCI layout (OCI image spec, image-layout.md).
 * @param folder is made
 * @param tag the one it has in the layout
 */
export async function saveLayout(folder: string, image: Artifact, tag: string): Promise<void> {
  await writeFiles(folder, layout(image, { 'org.opencontainers.image.ref.name': tag }));
}

/**
 * Writes an image as `docker save` does since version 25: an OCI layout with a `manifest.json`.
 * @param name `shop:1.0`
 */
export async function saveTar(file: string, image: Artifact, name: string): Promise<void> {
  const [config = '', ...layers] = image.blobs.map(({ bytes }) => blobPath(bytes));
  await writeFile(
    file,
    await packFiles({
      ...layout(image, {
        'io.containerd.image.name': `docker.io/library/${name}`,
        'org.opencontainers.image.ref.name': name.split(':')[1] ?? 'latest',
      }),
      'manifest.json': JSON.stringify([{ Config: config, RepoTags: [name], Layers: layers }]),
    }),
  );
}

function layout({ manifest, blobs }: Artifact, annotations: Record<string, string>): Files {
  return {
    'oci-layout': JSON.stringify({ imageLayoutVersion: '1.0.0' }),
    'index.json': JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ ...describeBlob(manifest), annotations }],
    }),
    ...Object.fromEntries([manifest, ...blobs].map(({ bytes }) => [blobPath(bytes), bytes])),
  };
}

function blobPath(bytes: Buffer): string {
  return `blobs/${digestOf(bytes).replace(':', '/')}`;
}

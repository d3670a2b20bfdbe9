import { createHash } from 'node:crypto';

/** Bytes that a registry keeps by their digest. */
export interface Blob {
  mediaType: string;
  bytes: Buffer;
}

/** Points to a blob (OCI image spec, descriptor.md). */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Readonly<Record<string, string>>;
}

/** A manifest and what it points to. */
export interface Artifact {
  manifest: Blob;
  blobs: readonly Blob[];
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** `sha256:…` */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function describeBlob({ mediaType, bytes }: Blob): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

export function jsonBlob(mediaType: string, value: unknown): Blob {
  return { mediaType, bytes: Buffer.from(JSON.stringify(value)) };
}

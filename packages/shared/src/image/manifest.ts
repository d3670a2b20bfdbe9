import { field, listField, parseJson, textField } from '../http/json.ts';
import { isDigest } from './reference.ts';

/** Points to content of a registry. Source: OCI image spec, "Content Descriptors". */
export interface Descriptor {
  digest: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

/** A manifest or index, exactly as the registry keeps it. */
export interface Manifest extends Descriptor {
  bytes: Uint8Array<ArrayBuffer>;
  content: ManifestContent;
}

export type ManifestContent =
  | { kind: 'index'; manifests: readonly IndexEntry[] }
  | { kind: 'image'; config: Descriptor; layers: readonly Descriptor[] };

/** A manifest that is one image. */
export type ImageManifest = Manifest & { content: Extract<ManifestContent, { kind: 'image' }> };

/** One manifest of an index. */
export interface IndexEntry extends Descriptor {
  /** `linux/amd64`, `linux/arm64/v8`; undefined when the index does not say, or has `unknown`. */
  platform: string | undefined;
  /** `os.version`, by which images for several versions of Windows differ. */
  version: string | undefined;
  /** It holds provenance or an SBOM of another entry, says so, and is for no platform that exists. */
  attestation: boolean;
}

const kinds = new Map<string, ManifestContent['kind']>([
  ['application/vnd.oci.image.index.v1+json', 'index'],
  ['application/vnd.docker.distribution.manifest.list.v2+json', 'index'],
  ['application/vnd.oci.image.manifest.v1+json', 'image'],
  ['application/vnd.docker.distribution.manifest.v2+json', 'image'],
]);
const configs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/** The `Accept` header for manifests. Without it, registries convert to older formats. */
export const acceptManifests = [...kinds.keys()].join(', ');

/** Whether a manifest of this media type can be read. */
export function isManifestType(mediaType: string): boolean {
  return kinds.has(mediaType);
}

/** Whether a config describes an image that runs, rather than a chart or another artifact. */
export function isImageConfig(mediaType: string): boolean {
  return configs.has(mediaType);
}

/** A media type without its parameters, in lower case; empty when there is none. */
export function bareType(header: string | null): string {
  const [type = ''] = (header ?? '').split(';');
  return type.trim().toLowerCase();
}

/**
 * Reads a manifest or index. Where the document names its own type, the answer must agree: a
 * document that passes for two types is a known attack (OCI image spec, GHSA-77vh-xpmg-72qh).
 * @param answered media type that came with it; a type that says nothing gives way to the document's
 * @returns undefined when it is neither, or does not have the shape
 */
export function readManifest(
  bytes: Uint8Array,
  answered: string,
): { mediaType: string; content: ManifestContent } | undefined {
  const document = parseJson(new TextDecoder().decode(bytes));
  const own = textField(document, 'mediaType');
  const mediaType = isManifestType(answered) ? answered : (own ?? '');
  if (own !== undefined && own !== mediaType) return undefined;
  const content = contentOf(document, kinds.get(mediaType));
  return content && { mediaType, content };
}

function contentOf(
  document: unknown,
  kind: ManifestContent['kind'] | undefined,
): ManifestContent | undefined {
  const entries = listField(document, kind === 'index' ? 'manifests' : 'layers');
  const descriptors = entries.map(descriptorOf).filter((entry) => entry !== undefined);
  if (kind === undefined || descriptors.length !== entries.length) return undefined;
  if (kind === 'image') {
    const config = descriptorOf(field(document, 'config'));
    return config && { kind, config, layers: descriptors };
  }
  const manifests = descriptors.map((descriptor, index) => ({
    ...descriptor,
    platform: platformOf(field(entries[index], 'platform')),
    version: textField(field(entries[index], 'platform'), 'os.version'),
    attestation: isAttestation(entries[index]),
  }));
  return { kind, manifests };
}

// The annotation alone would hide an image that engines run.
function isAttestation(entry: unknown): boolean {
  const platform = field(entry, 'platform');
  const type = textField(field(entry, 'annotations'), 'vnd.docker.reference.type');
  const unknown = ['os', 'architecture'].every((key) => textField(platform, key) === 'unknown');
  return unknown && type === 'attestation-manifest';
}

function descriptorOf(value: unknown): Descriptor | undefined {
  const [digest, mediaType] = [textField(value, 'digest'), textField(value, 'mediaType')];
  const size = field(value, 'size');
  return digest && isDigest(digest) && mediaType && typeof size === 'number'
    ? { digest, mediaType, size }
    : undefined;
}

/**
 * A platform as `--platform` takes it, from an index entry or an image config; both have the fields
 * `os`, `architecture` and `variant`. The version of Windows is left out.
 */
export function platformOf(value: unknown): string | undefined {
  const parts = ['os', 'architecture', 'variant'].map((key) => textField(value, key));
  const [os, architecture] = parts;
  if (!os || !architecture || os === 'unknown' || architecture === 'unknown') return undefined;
  return parts.filter(Boolean).join('/');
}

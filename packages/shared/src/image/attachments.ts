import { Failure } from '../failure/failure.ts';
import type { HttpFields } from '../http/fetch.ts';
import { listField, parseJson } from '../http/json.ts';
import { fetchManifest } from './content.ts';
import { digestOf } from './digest.ts';
import type { Descriptor } from './manifest.ts';
import { imageName, manifestPath, repositoryPath } from './path.ts';
import type { RegistryCall, Session } from './session.ts';

/** Something that is attached to an image: a report, a signature. */
export interface Attachment {
  artifactType: string;
  /** When it was attached, ISO 8601. */
  created: string;
  content: { mediaType: string; bytes: Uint8Array<ArrayBuffer> };
}

const types = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/**
 * Attaches something to an image that is in the same repository. A registry without the API for
 * referrers keeps the list of them as a tag.
 * Source: distribution spec, "Pushing Manifests with Subject", and "Referrers Tag Schema"
 * @returns its digest
 */
export async function attach(
  session: Session,
  repository: string,
  subject: Descriptor,
  { artifactType, content, created }: Attachment,
): Promise<string> {
  const layer = await pushBlob(session, repository, content.bytes, content.mediaType);
  const config = await pushBlob(session, repository, bytesOf('{}'), types.empty);
  const annotations = { 'org.opencontainers.image.created': created };
  const { digest, mediaType, size } = subject;
  const document = {
    schemaVersion: 2,
    mediaType: types.manifest,
    artifactType,
    config,
    layers: [layer],
    subject: { digest, mediaType, size },
    annotations,
  };
  const bytes = bytesOf(JSON.stringify(document));
  const own = { mediaType: types.manifest, digest: await digestOf(bytes), size: bytes.length };
  const headers = await pushManifest(session, repository, own.digest, { ...own, bytes });
  if (headers.get('oci-subject') === null) {
    const others = await referrersOf(session, repository, digest);
    const manifests = [...others, { ...own, artifactType, annotations }];
    const index = { schemaVersion: 2, mediaType: types.index, manifests };
    const content = { mediaType: types.index, bytes: bytesOf(JSON.stringify(index)) };
    await pushManifest(session, repository, tagOf(digest), content);
  }
  return own.digest;
}

async function referrersOf(
  session: Session,
  repository: string,
  digest: string,
): Promise<readonly unknown[]> {
  try {
    const { bytes } = await fetchManifest(session, repository, tagOf(digest));
    return listField(parseJson(new TextDecoder().decode(bytes)), 'manifests');
  } catch (error) {
    if (error instanceof Failure && error.code === 'image/not-found') return [];
    throw error;
  }
}

async function pushBlob(
  session: Session,
  repository: string,
  bytes: Uint8Array<ArrayBuffer>,
  mediaType: string,
): Promise<Descriptor> {
  const digest = await digestOf(bytes);
  const image = imageName(session.registry, repository, digest);
  const call = { repository, image, what: `push ${image}`, actions: 'pull,push' } as const;
  const path = `${repositoryPath(repository)}/blobs/uploads/`;
  const started = await send(session, { ...call, method: 'POST', path });
  // Behind a proxy the host of the address may be a wrong one; only its path counts.
  const target = new URL(started.get('location') ?? path, new URL(path, 'https://registry'));
  target.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  const end = target.pathname + target.search;
  await send(session, { ...call, method: 'PUT', path: end, headers, body: bytes });
  return { mediaType, digest, size: bytes.length };
}

async function pushManifest(
  session: Session,
  repository: string,
  reference: string,
  { mediaType, bytes: body }: { mediaType: string; bytes: Uint8Array<ArrayBuffer> },
): Promise<HttpFields> {
  const image = imageName(session.registry, repository, reference);
  const call = { repository, image, what: `push ${image}`, actions: 'pull,push' } as const;
  const path = manifestPath(repository, reference);
  const headers = { 'content-type': mediaType };
  return send(session, { ...call, method: 'PUT', path, headers, body });
}

async function send(session: Session, call: RegistryCall): Promise<HttpFields> {
  return session.accept(await session.ask(call), call).headers;
}

function tagOf(digest: string): string {
  return digest.replace(':', '-').slice(0, 128);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

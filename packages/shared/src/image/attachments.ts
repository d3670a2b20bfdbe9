import { Failure } from '../failure/failure.ts';
import type { HttpFields } from '../http/fetch.ts';
import { listField, parseJson, textField } from '../http/json.ts';
import { fetchManifest } from './content.ts';
import { digestOf } from './digest.ts';
import type { Descriptor } from './manifest.ts';
import { imageName, manifestPath, repositoryPath } from './path.ts';
import { isDigest } from './reference.ts';
import type { Call, Session } from './session.ts';

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
 * Digests of what is attached to an image, the newest first.
 * Source: distribution spec, "Listing Referrers", and "Referrers Tag Schema" for registries without.
 */
export async function attachments(
  session: Session,
  repository: string,
  digest: string,
  artifactType: string,
): Promise<string[]> {
  const entries = await listed(session, repository, digest);
  const created = (entry: unknown) =>
    textField(Object(entry).annotations, 'org.opencontainers.image.created') ?? '';
  return entries
    .filter((entry) => textField(entry, 'artifactType') === artifactType)
    .sort((a, b) => (created(a) < created(b) ? 1 : -1))
    .map((entry) => textField(entry, 'digest') ?? '')
    .filter(isDigest);
}

/** Attaches something to an image that is in the same repository. @returns its digest */
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
  const headers = await putManifest(session, repository, own.digest, types.manifest, bytes);
  if (headers.get('oci-subject') === null) {
    const others = await fallback(session, repository, digest);
    const manifests = [...others, { ...own, artifactType, annotations }];
    const index = { schemaVersion: 2, mediaType: types.index, manifests };
    const tag = tagOf(digest);
    await putManifest(session, repository, tag, types.index, bytesOf(JSON.stringify(index)));
  }
  return own.digest;
}

async function listed(
  session: Session,
  repository: string,
  digest: string,
): Promise<readonly unknown[]> {
  const path = `${repositoryPath(repository)}/referrers/${digest}`;
  const image = imageName(session.registry, repository, digest);
  const what = `list what is attached to ${image}`;
  const headers = { accept: types.index };
  const call = { repository, actions: 'pull', image, what, method: 'GET', path, headers } as const;
  const answer = await session.ask(call);
  const body = parseJson(new TextDecoder().decode(answer.body));
  if (answer.status === 200) return listField(body, 'manifests');
  return fallback(session, repository, digest);
}

async function fallback(
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

async function putManifest(
  session: Session,
  repository: string,
  reference: string,
  type: string,
  body: Uint8Array<ArrayBuffer>,
): Promise<HttpFields> {
  const image = imageName(session.registry, repository, reference);
  const call = { repository, image, what: `push ${image}`, actions: 'pull,push' } as const;
  const path = manifestPath(repository, reference);
  return send(session, { ...call, method: 'PUT', path, headers: { 'content-type': type }, body });
}

async function send(session: Session, call: Call): Promise<HttpFields> {
  return session.accept(await session.ask(call), call).headers;
}

function tagOf(digest: string): string {
  return digest.replace(':', '-').slice(0, 128);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

import { Failure } from '../failure/failure.ts';
import type { WholeAnswer } from '../http/exchange.ts';
import { parseJson } from '../http/json.ts';
import { digestOf } from './digest.ts';
import {
  acceptManifests,
  bareType,
  type Descriptor,
  isImageConfig,
  isManifestType,
  type Manifest,
  platformOf,
  readManifest,
} from './manifest.ts';
import { imageName, manifestPath, repositoryPath } from './path.ts';
import { isDigest } from './reference.ts';
import type { RegistryCall, Session } from './session.ts';

/** What a tag or digest points to; HEAD where the registry answers it in full, else GET. */
export async function resolve(
  session: Session,
  repository: string,
  reference: string,
): Promise<Descriptor> {
  const path = manifestPath(repository, reference);
  const call = readCall(session, repository, reference, path);
  const { status, headers } = await session.ask({ ...call, method: 'HEAD' });
  const digest = headers.get('docker-content-digest') ?? '';
  const mediaType = bareType(headers.get('content-type'));
  // A front that packs all the same gives the length of what it packed.
  const packed = (headers.get('content-encoding') ?? 'identity').toLowerCase() !== 'identity';
  const size = packed ? 0 : Number(headers.get('content-length') ?? 0);
  // Not every registry answers HEAD in full, and a refusal of HEAD cannot say why.
  if (status !== 200 || !isDigest(digest) || !isManifestType(mediaType) || !(size > 0)) {
    const { bytes, content, ...descriptor } = await fetchManifest(session, repository, reference);
    return descriptor;
  }
  if (isDigest(reference) && digest !== reference) {
    throw Failure.of('image/mismatch', { image: call.image, wanted: reference, got: digest });
  }
  return { digest, mediaType, size };
}

/** Fetches a manifest or index and checks it against the digest that was asked for or promised. */
export async function fetchManifest(
  session: Session,
  repository: string,
  reference: string,
): Promise<Manifest> {
  const path = manifestPath(repository, reference);
  const call = readCall(session, repository, reference, path);
  const answer = session.accept(await session.ask(call), call);
  const promised = answer.headers.get('docker-content-digest') ?? '';
  const digest = await verify(answer, call.image, [reference, promised].find(isDigest));
  const type = bareType(answer.headers.get('content-type'));
  const parsed = readManifest(answer.body, type);
  if (!parsed) {
    const said = `it sent no manifest of a known type (Content-Type "${type}")`;
    throw Failure.of('image/registry', { registry: session.registry, what: call.what, said });
  }
  return { digest, size: answer.body.length, bytes: answer.body, ...parsed };
}

/** The platforms of an index without its attestations, or the one of an image. */
export async function platforms(
  session: Session,
  repository: string,
  reference: string,
): Promise<string[]> {
  const { content } = await fetchManifest(session, repository, reference);
  if (content.kind === 'image') {
    const platform = await imagePlatform(session, repository, content.config);
    return platform === undefined ? [] : [platform];
  }
  const runnable = content.manifests.filter((entry) => !entry.attestation);
  return [...new Set(runnable.flatMap((entry) => entry.platform ?? []))];
}

/** The platform that the config of an image names; undefined for an artifact that is no image. */
export async function imagePlatform(
  session: Session,
  repository: string,
  { mediaType, digest }: Descriptor,
): Promise<string | undefined> {
  if (!isImageConfig(mediaType)) return undefined;
  const path = `${repositoryPath(repository)}/blobs/${digest}`;
  const call = readCall(session, repository, digest, path);
  const answer = session.accept(await session.ask(call), call);
  await verify(answer, call.image, digest);
  return platformOf(parseJson(new TextDecoder().decode(answer.body)));
}

/** Time for one attempt at a blob, in milliseconds. */
export const blobLimit = 600_000;

/** Sends a blob to a sink, and checks its size and digest once it has all gone there. */
export async function fetchBlob(
  session: Session,
  repository: string,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  to: { begin(): Promise<void>; write(piece: Uint8Array): Promise<void> },
): Promise<void> {
  const path = `${repositoryPath(repository)}/blobs/${digest}`;
  const call = readCall(session, repository, digest, path);
  const { createHash } = await import('node:crypto');
  const [algorithm = ''] = digest.split(':');
  let hash = createHash(algorithm);
  let length = 0;
  const sink = {
    limit: blobLimit,
    async begin() {
      hash = createHash(algorithm);
      length = 0;
      await to.begin();
    },
    async write(piece: Uint8Array) {
      length += piece.length;
      if (length > size) throw new Error(`it is longer than the ${size} bytes that were promised`);
      hash.update(piece);
      await to.write(piece);
    },
  };
  session.accept(await session.ask({ ...call, sink }), call);
  const got = `${algorithm}:${hash.digest('hex')}`;
  if (got !== digest) {
    throw Failure.of('image/mismatch', { image: call.image, wanted: digest, got });
  }
}

function readCall(
  session: Session,
  repository: string,
  reference: string,
  path: string,
): RegistryCall {
  const image = imageName(session.registry, repository, reference);
  // Identity: Content-Length is then the size of the document.
  const headers = { accept: acceptManifests, 'accept-encoding': 'identity' };
  return {
    repository,
    actions: 'pull',
    image,
    what: `read ${image}`,
    method: 'GET',
    path,
    headers,
  };
}

async function verify(
  answer: WholeAnswer,
  image: string,
  wanted: string | undefined,
): Promise<string> {
  const digest = await digestOf(answer.body, wanted);
  if (wanted === undefined || digest === wanted) return digest;
  throw Failure.of('image/mismatch', { image, wanted, got: digest });
}

import { checkAccess } from './access.ts';
import { type Attachment, attach } from './attachments.ts';
import { fetchBlob, fetchManifest, imagePlatform, platforms, resolve } from './content.ts';
import { imagesOf, type RunnableImage } from './images.ts';
import type { Descriptor, Manifest } from './manifest.ts';
import { imageName } from './path.ts';
import { type Actions, openSession } from './session.ts';
import { listTags, putTag } from './tags.ts';
import type { RegistryOptions } from './transport.ts';

export type { Attachment } from './attachments.ts';
export type { RunnableImage } from './images.ts';
export type { Descriptor, Manifest } from './manifest.ts';
export type { RegistryOptions } from './transport.ts';

/**
 * A registry, by the OCI distribution spec
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md).
 *
 * `repository` is a path in full (`library/node`), `reference` a tag or a digest; anything else
 * throws InvalidReference. All throw Failure: `image/denied` (401, 403), `image/not-found` (404),
 * `image/rejected` (other refusals), `image/registry` (no good answer in time, or one that makes no
 * sense), `image/mismatch`, `image/insecure`; and the signal's reason when aborted.
 */
export interface Registry {
  /** What a tag or digest points to: a manifest or an index. */
  resolve(repository: string, reference: string): Promise<Descriptor>;
  /** The manifest or index itself; its bytes are checked against their digest. */
  manifest(repository: string, reference: string): Promise<Manifest>;
  /**
   * What the image runs on: `linux/amd64`, `linux/arm64/v8`. Attestations are left out; an artifact
   * that is no image has none.
   */
  platforms(repository: string, reference: string): Promise<string[]>;
  /**
   * Every image that an engine could run when it is given this one: all of an index, without
   * attestations. Throws `image/platform-twice` and `image/index` as well.
   */
  images(repository: string, manifest: Manifest): Promise<RunnableImage[]>;
  /**
   * Sends a blob to a sink piece by piece; `begin` comes again before every further attempt. What the
   * sink got counts only once this has resolved: then it had the size and digest.
   */
  blob(
    repository: string,
    descriptor: Pick<Descriptor, 'digest' | 'size'>,
    sink: { begin(): Promise<void>; write(piece: Uint8Array): Promise<void> },
  ): Promise<void>;
  /** Attaches something to an image of the same repository. @returns its digest */
  attach(repository: string, subject: Descriptor, attachment: Attachment): Promise<string>;
  /** All tags, in the registry's order; none when the repository does not exist yet. */
  tags(repository: string): Promise<string[]>;
  /** Points a tag to a manifest whose parts are in the same repository, by its exact bytes. */
  putTag(repository: string, tag: string, manifest: Manifest): Promise<void>;
  /**
   * Finds out whether the credentials are valid and allow the scope, without writing anything.
   *
   * Knows: that a registry with Basic authentication, or a token service, accepts the credentials;
   * and that a token which lists its permissions (a JWT with `access`: Docker Hub, Harbor, Quay,
   * distribution) has these. Cannot know: whether a registry with Basic authentication (ECR), with
   * opaque tokens (ghcr.io) or with open reading will refuse the push itself, and whether quota,
   * immutable tags or a missing repository will get in the way.
   */
  checkAccess(repository: string, scope: Actions): Promise<void>;
}

/**
 * Opens a registry; nothing is sent yet.
 * @param registry host of an image reference: `docker.io`, `ghcr.io`, `localhost:5000`
 * @throws InvalidReference when it is no host
 */
export function openRegistry(registry: string, options: RegistryOptions): Registry {
  const session = openSession(registry, options);
  return {
    resolve: (repository, reference) => resolve(session, repository, reference),
    manifest: (repository, reference) => fetchManifest(session, repository, reference),
    platforms: (repository, reference) => platforms(session, repository, reference),
    images: (repository, top) =>
      imagesOf(imageName(registry, repository, top.digest), top, {
        manifest: ({ digest }) => fetchManifest(session, repository, digest),
        platform: ({ content }) => imagePlatform(session, repository, content.config),
      }),
    blob: (repository, descriptor, sink) => fetchBlob(session, repository, descriptor, sink),
    attach: (repository, subject, attachment) => attach(session, repository, subject, attachment),
    tags: (repository) => listTags(session, repository),
    putTag: (repository, tag, manifest) => putTag(session, repository, tag, manifest),
    checkAccess: (repository, scope) => checkAccess(session, repository, scope),
  };
}

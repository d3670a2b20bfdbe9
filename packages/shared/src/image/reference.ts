/** Where an image is and which one is meant, in full: Docker Hub's short forms are spelled out. */
export interface ImageReference {
  /** Lower-case host with its port if it has one: `docker.io`, `ghcr.io`, `localhost:5000`. */
  registry: string;
  /** Path inside the registry: `library/node`, `acme/app`. */
  repository: string;
  tag?: string;
  /** `sha256:` and 64, or `sha512:` and 128 lower-case hex digits. */
  digest?: string;
}

/** Thrown for a text that is no image reference. The text itself is only in it when it is harmless. */
export class InvalidReference extends Error {
  override readonly name = 'InvalidReference';
  /** What is wrong, beginning with a verb: `has upper case letters in its repository`. */
  readonly wrong: string;
  readonly example: string;

  constructor(text: string, wrong: string, example = 'ghcr.io/acme/app:1.4.2') {
    const shown = harmless.test(text) ? `"${text}"` : 'the image reference';
    super(`${shown} ${wrong}; valid: ${example}`);
    this.wrong = wrong;
    this.example = example;
  }
}

// No control characters, and no "@", before which a password may stand.
const harmless = /^[\x21-\x3f\x41-\x7e]{1,300}$/;
const tag = /^\w[\w.-]{0,127}$/;
const digest = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;
const pathComponent = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const host = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-f0-9:]+\\])(?::\\d+)?$`);

/** Whether a text can be a tag: up to 128 of `A-Za-z0-9_.-`, not starting with `.` or `-`. */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** Whether a text is a digest with sha256 or sha512. */
export function isDigest(text: string): boolean {
  return digest.test(text);
}

/** Whether a text is a registry: a host, with its port if it has one, in lower case. */
export function isRegistry(text: string): boolean {
  return host.test(text) && URL.canParse(`https://${text}`);
}

/** Whether a text is a repository in full: `library/node`, at most 255 characters. */
export function isRepository(text: string): boolean {
  return text.length <= 255 && text.split('/').every((part) => pathComponent.test(part));
}

/**
 * Reads an image reference as Docker does: `node`, `acme/app:1`, `ghcr.io/acme/app@sha256:…`.
 * Stricter than Docker in two points: a first component in upper case is a mistake instead of a
 * host, and only sha256 and sha512 are digests. A host is put into lower case.
 * Source: https://github.com/distribution/reference (grammar in reference.go, normalize.go).
 * @throws InvalidReference
 */
export function parseReference(text: string): ImageReference {
  const fail = (wrong: string, example?: string): never => {
    throw new InvalidReference(text, wrong, example);
  };
  if (text === '') fail('is empty');
  if (/\s/.test(text)) fail('has white space in it');
  if (/\p{Cc}/u.test(text)) fail('has control characters in it');
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    fail('starts with a scheme, which does not belong here');
  if (/^[a-f0-9]{64}$/.test(text)) fail('is the id of an image on one machine, not a name');

  const [named = '', found, ...more] = text.split('@');
  if (found !== undefined && (more.length > 0 || !isDigest(found))) {
    fail(
      'has no digest after its "@" (sha256: and 64, or sha512: and 128 lower-case hex digits)',
      `ghcr.io/acme/app@sha256:${'0123456789abcdef'.repeat(4)}`,
    );
  }
  const { registry, rest } = splitRegistry(named);
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (path === '') fail('has no repository');
  if (!isRegistry(registry)) fail('has no valid host (and port) before its first "/"');
  if (repository.length > 255) fail('has a repository of more than 255 characters');
  if (/[A-Z]/.test(path)) fail('has upper case letters in its repository');
  if (!isRepository(repository)) {
    fail('has a repository that is not made of a-z and 0-9, joined by one of . _ __ - and /');
  }
  if (colon < 0) return { registry, repository, ...(found && { digest: found }) };
  const wanted = rest.slice(colon + 1);
  if (wanted.length > 128) fail('has a tag of more than 128 characters');
  if (!isTag(wanted)) {
    fail('has a tag that is not made of A-Z, a-z, 0-9, _, . and - (no . or - in front)');
  }
  return { registry, repository, tag: wanted, ...(found && { digest: found }) };
}

function splitRegistry(name: string): { registry: string; rest: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, slash).toLowerCase();
  if (slash < 0 || !(first === 'localhost' || /[.:]/.test(first))) {
    return { registry: 'docker.io', rest: name };
  }
  const rest = name.slice(slash + 1);
  return { registry: first === 'index.docker.io' ? 'docker.io' : first, rest };
}

/** The full form: `docker.io/library/node:24`, with the digest behind the tag when it has both. */
export function formatReference(ref: ImageReference): string {
  const version = (ref.tag ? `:${ref.tag}` : '') + (ref.digest ? `@${ref.digest}` : '');
  return repositoryName(ref) + version;
}

/** Registry and repository alone: `docker.io/library/node`. */
export function repositoryName(ref: ImageReference): string {
  return `${ref.registry}/${ref.repository}`;
}

/** An image reference that somebody else wrote; undefined where it is none. */
export function referenceOf(image: string | undefined): ImageReference | undefined {
  if (image === undefined) return undefined;
  try {
    return parseReference(image);
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
}

import type { Builder } from './builder.ts';

/** What to build and where to; every text is an input that was checked. */
export interface BuildRequest {
  /** Folder, absolute. */
  context: string;
  /** Absolute. */
  file: string | undefined;
  target: string | undefined;
  platforms: readonly string[];
  buildArgs: ReadonlyMap<string, string>;
  /** Secret id -> file that holds its value. */
  secretFiles: ReadonlyMap<string, string>;
  labels: Readonly<Record<string, string>>;
  /** Repositories without tag; none to build without pushing. */
  repositories: readonly string[];
  cache: 'none' | 'registry' | 'gha';
  provenance: 'false' | 'min' | 'max';
  sbom: boolean;
  metadataFile: string;
}

/**
 * Tag for the engine's own builder, which can only push under a tag. It is one fixed tag, so a
 * registry is not filled with them; the digest is what counts, whoever moves the tag next.
 */
export const stagingTag = 'slipway-staging';

/** Arguments and environment of `docker buildx build`. */
export function buildCommand(
  request: BuildRequest,
  builder: Builder,
  env: Readonly<Record<string, string | undefined>>,
): { args: string[]; env: Record<string, string | undefined> } {
  const args = ['buildx', 'build', '--progress', 'plain', '--metadata-file', request.metadataFile];
  const withArgs: Record<string, string | undefined> = { ...env };
  if (request.file) args.push('--file', request.file);
  if (request.target) args.push('--target', request.target);
  if (request.platforms.length > 0) args.push('--platform', request.platforms.join(','));
  for (const [key, value] of request.buildArgs) {
    // By name alone, docker takes the value from its environment, out of the sight of `ps`. A name
    // that the environment has already would change docker itself, so that one goes as it is.
    if (key in env) args.push('--build-arg', `${key}=${value}`);
    else {
      args.push('--build-arg', key);
      withArgs[key] = value;
    }
  }
  for (const [id, file] of request.secretFiles)
    args.push('--secret', csv([`id=${id}`, `src=${file}`]));
  for (const [key, value] of Object.entries(request.labels))
    args.push('--label', `${key}=${value}`);
  args.push(...attestations(request), ...output(request, builder), ...cache(request, builder));
  if (!builder.plain) {
    const level = isIndex(request) ? 'index,manifest:' : 'manifest:';
    for (const [key, value] of Object.entries(request.labels)) {
      args.push('--annotation', `${level}${key}=${value}`);
    }
  }
  args.push(request.context);
  return { args, env: withArgs };
}

// buildx adds a provenance by itself unless told not to.
function attestations({ provenance, sbom }: BuildRequest): string[] {
  return [
    provenance === 'false' ? '--provenance=false' : `--provenance=mode=${provenance}`,
    `--sbom=${sbom}`,
  ];
}

function output({ repositories }: BuildRequest, builder: Builder): string[] {
  if (repositories.length === 0) return ['--output', 'type=cacheonly'];
  if (builder.plain) {
    return ['--push', ...repositories.flatMap((name) => ['--tag', `${name}:${stagingTag}`])];
  }
  const name = `name=${repositories.join(',')}`;
  return [
    '--output',
    csv(['type=image', name, 'push-by-digest=true', 'name-canonical=true', 'push=true']),
  ];
}

function cache({ cache: kind, repositories, platforms }: BuildRequest, builder: Builder): string[] {
  const first = repositories[0];
  if (kind === 'none' || builder.plain || first === undefined) return [];
  if (kind === 'registry') {
    const ref = `ref=${first}:buildcache`;
    const to = ['type=registry', ref, 'mode=max', 'image-manifest=true', 'oci-mediatypes=true'];
    return [
      '--cache-from',
      csv(['type=registry', ref]),
      '--cache-to',
      csv([...to, 'ignore-error=true']),
    ];
  }
  // A scope for each image and platform, so that builds do not overwrite each other's cache.
  const scope = `scope=${[first, ...platforms].join('-').replace(/[^A-Za-z0-9.-]+/g, '-')}`;
  return [
    '--cache-from',
    csv(['type=gha', scope]),
    '--cache-to',
    csv(['type=gha', scope, 'mode=max', 'ignore-error=true']),
  ];
}

function isIndex({ platforms, provenance, sbom }: BuildRequest): boolean {
  return platforms.length > 1 || provenance !== 'false' || sbom;
}

/** Fields as buildx reads them (RFC 4180). */
function csv(fields: readonly string[]): string {
  return fields
    .map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(',');
}

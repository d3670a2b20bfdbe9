import type { Environment } from '@slipway/shared/exec/environment';
import type { Builder } from './builder.ts';
import { buildArguments } from './docker-env.ts';

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
  /** Repositories without tag, at least one. */
  repositories: readonly string[];
  /** Without it the build is only tried. */
  push: boolean;
  cache: 'none' | 'registry' | 'gha';
  provenance: 'false' | 'min' | 'max';
  sbom: boolean;
  /** Address of this run, for the provenance; empty outside of a runner. */
  runUrl: string;
  metadataFile: string;
  /** Tag for a builder that can only push under one, which no other push has: {@link stagingTag}. */
  staging: string;
}

/**
 * Tag for a push that cannot go without one. Each has its own, as a repository with immutable tags
 * refuses a second push to the same: docs/decisions/0004-staging-tag.md.
 */
export function stagingTag(unique: string): string {
  return `slipway-staging-${unique}`;
}

/** Arguments and environment of `docker buildx build`. */
export function buildCommand(
  request: BuildRequest,
  builder: Builder,
  jobEnv: Environment,
): { args: string[]; env: Environment } {
  const { file, labels, platforms, secretFiles, target } = request;
  const args = ['buildx', 'build', '--progress', 'plain', '--metadata-file', request.metadataFile];
  const option = (name: string, value: string) => args.push(`--${name}`, value);
  if (builder.name) option('builder', builder.name);
  if (file) option('file', file);
  if (target) option('target', target);
  if (platforms.length > 0) option('platform', platforms.join(','));
  const build = buildArguments(request.buildArgs, jobEnv);
  args.push(...build.args);
  for (const [id, path] of secretFiles) option('secret', csv([`id=${id}`, `src=${path}`]));
  for (const [key, value] of Object.entries(labels)) option('label', `${key}=${value}`);
  if (!builder.plain) {
    const level = isIndex(request) ? 'index,manifest' : 'manifest';
    for (const [key, value] of Object.entries(labels)) {
      option('annotation', `${level}:${key}=${value}`);
    }
  }
  args.push(...attestations(request), ...output(request, builder, jobEnv));
  if (!builder.plain) args.push(...cache(request));
  return { args: [...args, request.context], env: build.env };
}

// buildx adds a provenance by itself unless told not to.
function attestations({ provenance, runUrl, sbom }: BuildRequest): string[] {
  const builderId = runUrl ? [`builder-id=${runUrl}`] : [];
  return [
    provenance === 'false'
      ? '--provenance=false'
      : `--provenance=${csv([`mode=${provenance}`, ...builderId])}`,
    `--sbom=${sbom}`,
  ];
}

function output({ push, repositories, staging }: BuildRequest, builder: Builder, env: Environment) {
  if (!push) return ['--output', 'type=cacheonly'];
  if (builder.plain) {
    return ['--push', ...repositories.flatMap((name) => ['--tag', `${name}:${staging}`])];
  }
  const fields = ['type=image', `name=${repositories.join(',')}`, 'push=true'];
  fields.push('push-by-digest=true', 'name-canonical=true');
  // Without it the files in a layer keep the times of the checkout, and the digest is another one.
  if (env['SOURCE_DATE_EPOCH']) fields.push('rewrite-timestamp=true');
  return ['--output', csv(fields)];
}

// A broken cache makes a build slow, never red: BuildKit only warns when it cannot import one, and
// is told to do the same when it cannot export one.
function cache({ cache: kind, platforms, push, repositories }: BuildRequest): string[] {
  const [first = ''] = repositories;
  if (kind === 'none') return [];
  if (kind === 'registry') {
    const ref = `ref=${first}:buildcache`;
    const from = ['--cache-from', csv(['type=registry', ref])];
    const to = ['type=registry', ref, 'mode=max', 'image-manifest=true', 'oci-mediatypes=true'];
    return push ? [...from, '--cache-to', csv([...to, 'ignore-error=true'])] : from;
  }
  // A scope for each image and platform, so that builds do not overwrite each other's cache.
  const scope = `scope=${[first, ...platforms].join('-').replace(/[^A-Za-z0-9.-]+/g, '-')}`;
  const to = ['type=gha', scope, 'mode=max', 'ignore-error=true'];
  return ['--cache-from', csv(['type=gha', scope]), '--cache-to', csv(to)];
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

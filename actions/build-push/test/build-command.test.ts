import { describe, expect, it } from '@jest/globals';
import { type BuildRequest, buildCommand } from '../src/build-command.ts';
import type { Builder } from '../src/builder.ts';

const full: Builder = { driver: 'docker-container', name: 'slipway', plain: false };
const plain: Builder = { driver: 'docker', plain: true };
const request: BuildRequest = {
  context: '/srv/checkout',
  file: undefined,
  target: undefined,
  platforms: [],
  buildArgs: new Map(),
  secretFiles: new Map(),
  labels: {},
  repositories: ['ghcr.io/acme/app', 'ghcr.io/acme/copy'],
  push: true,
  cache: 'none',
  provenance: 'false',
  sbom: false,
  runUrl: 'https://github.com/acme/app/actions/runs/1/attempts/2',
  metadataFile: '/tmp/metadata.json',
  staging: 'slipway-staging-1-2-x',
};
const start = ['buildx', 'build', '--progress', 'plain', '--metadata-file', '/tmp/metadata.json'];

function argsOf(change: Partial<BuildRequest>, builder = full, env = {}): string[] {
  const { args } = buildCommand({ ...request, ...change }, builder, env);
  expect(args.slice(0, start.length)).toEqual(start);
  expect(args.at(-1)).toBe('/srv/checkout');
  return args.slice(start.length, -1);
}

const byDigest =
  'type=image,"name=ghcr.io/acme/app,ghcr.io/acme/copy",push=true,push-by-digest=true,name-canonical=true';
const without = ['--provenance=false', '--sbom=false'];
const named = ['--builder', 'slipway'];

describe('buildCommand', () => {
  it('pushes by digest to all repositories at once', () => {
    expect(argsOf({})).toEqual([...named, ...without, '--output', byDigest]);
  });

  it('pushes under a tag of its own where the builder can do no better', () => {
    const tags = request.repositories.flatMap((name) => ['--tag', `${name}:slipway-staging-1-2-x`]);
    expect(argsOf({ labels: { a: 'b' } }, plain)).toEqual([
      '--label',
      'a=b',
      ...without,
      '--push',
      ...tags,
    ]);
  });

  it('hands over what the image is made of', () => {
    const args = argsOf({
      file: '/srv/checkout/docker/Dockerfile',
      target: 'runtime',
      platforms: ['linux/amd64', 'linux/arm/v7'],
      secretFiles: new Map([['npm', '/tmp/a,b']]),
      push: false,
    });
    expect(args).toEqual([
      ...named,
      ...['--file', '/srv/checkout/docker/Dockerfile'],
      ...['--target', 'runtime'],
      ...['--platform', 'linux/amd64,linux/arm/v7'],
      ...['--secret', 'id=npm,"src=/tmp/a,b"'],
      ...without,
      ...['--output', 'type=cacheonly'],
    ]);
  });

  it.each<[string, Partial<BuildRequest>, string]>([
    ['one image', {}, 'manifest:a=b, "c"'],
    ['several platforms', { platforms: ['linux/amd64', 'linux/arm64'] }, 'index,manifest:a=b, "c"'],
    ['a provenance', { provenance: 'min' }, 'index,manifest:a=b, "c"'],
    ['an SBOM', { sbom: true }, 'index,manifest:a=b, "c"'],
  ])('annotates %s on every level that it has', (_, change, annotation) => {
    const args = argsOf({ ...change, labels: { a: 'b, "c"' } });
    expect(args[args.indexOf('--label') + 1]).toBe('a=b, "c"');
    expect(args[args.indexOf('--annotation') + 1]).toBe(annotation);
  });

  it.each<[string, Partial<BuildRequest>, string[]]>([
    [
      'names this run in the provenance',
      { provenance: 'max', sbom: true },
      [`--provenance=mode=max,builder-id=${request.runUrl}`, '--sbom=true'],
    ],
    [
      'names nothing outside of a runner',
      { provenance: 'min', runUrl: '' },
      ['--provenance=mode=min', '--sbom=false'],
    ],
  ])('%s', (_, change, attestations) => {
    expect(argsOf(change)).toEqual([...named, ...attestations, '--output', byDigest]);
  });

  const ref = 'type=registry,ref=ghcr.io/acme/app:buildcache';
  const toRef = `${ref},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`;
  const scope = 'type=gha,scope=ghcr.io-acme-app-linux-arm64';
  const toScope = `${scope},mode=max,ignore-error=true`;
  it.each<[string, Partial<BuildRequest>, string[]]>([
    ['no cache', { cache: 'none' }, []],
    ['registry', { cache: 'registry' }, ['--cache-from', ref, '--cache-to', toRef]],
    ['registry, only read without push', { cache: 'registry', push: false }, ['--cache-from', ref]],
    [
      'gha, a scope for each image and platform',
      { cache: 'gha', platforms: ['linux/arm64'] },
      ['--cache-from', scope, '--cache-to', toScope],
    ],
  ])('keeps its cache: %s', (_, change, cache) => {
    const args = argsOf(change);
    expect(
      args.filter((_, at) => [args[at], args[at - 1]].some((a) => a?.startsWith('--cache'))),
    ).toEqual(cache);
    expect(argsOf(change, plain).join(' ')).not.toContain('--cache');
  });

  it('takes the times of files from SOURCE_DATE_EPOCH', () => {
    const env = { SOURCE_DATE_EPOCH: '1700000000' };
    expect(argsOf({}, full, env)).toContain(`${byDigest},rewrite-timestamp=true`);
  });
});

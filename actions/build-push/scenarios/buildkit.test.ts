import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { type BuildKit, startBuildKit } from './buildkitd.ts';
import {
  blobOf,
  bundle,
  defaults,
  leftovers,
  makeBuildRunner,
  manifestOf,
  plainDockerfile,
  tagsOf,
  wrapDocker,
} from './world.ts';

const sha = '860c1904a1ce19322e91ac35af1ab07466440c37';
const oci = 'org.opencontainers.image';

interface Circumstances {
  builder?: BuildKit;
  dockerfile?: string;
  env?: Record<string, string>;
  /** Seconds since 1970 that the built file was last changed at. */
  changed?: number;
}

describe('build-push with a real BuildKit', () => {
  let kit: BuildKit;
  let server: LocalRegistry;
  let registry: string;
  beforeAll(async () => {
    [kit, server] = await Promise.all([startBuildKit(), startRegistry()]);
    registry = server.host;
  }, 30_000);
  afterAll(async () => {
    await kit[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  }, 30_000);

  const build = async (
    values: Record<string, string>,
    { builder = kit, dockerfile = plainDockerfile, env = {}, changed }: Circumstances = {},
  ): Promise<StepResult> => {
    await using runner = await makeBuildRunner({ sha }, dockerfile);
    if (changed) await utimes(join(runner.workspace, 'files/hello.txt'), changed, changed);
    const inputs = { ...defaults, tags: 'one', ...values };
    const step = await runner.start(bundle, inputs, { ...builder.env, ...env }).done;
    expect(await leftovers(runner)).toEqual([]);
    return step;
  };

  it('pushes by digest, and the first tag that the registry sees is a wanted one', async () => {
    await using proxy = await startFaultProxy(registry, () => undefined);
    const image = `${proxy.host}/bk/plain`;
    const step = await build({ image, labels: 'team=shop, "web"', tags: 'one\ntwo' });
    expect(step.errors).toEqual([]);
    const digest = step.outputs['digest'] ?? '';
    const puts = proxy.requests.filter((one) => /^PUT .*\/manifests\//.test(one));
    expect(puts).toEqual([digest, 'one', 'two'].map((one) => `PUT /v2/bk/plain/manifests/${one}`));
    expect(await tagsOf(registry, 'bk/plain')).toEqual(['one', 'two']);

    const { annotations, config } = await manifestOf(registry, 'bk/plain', digest);
    const known = { team: 'shop, "web"', [`${oci}.revision`]: sha, [`${oci}.version`]: 'one' };
    expect(annotations).toMatchObject(known);
    const built = await blobOf(registry, 'bk/plain', config.digest);
    expect(built).toMatchObject({ config: { Labels: known } });
  }, 20_000);

  it('attaches the provenance, which names this run', async () => {
    const step = await build({ image: `${registry}/bk/proven`, provenance: 'max' });
    expect(step.errors).toEqual([]);
    const index = await manifestOf(registry, 'bk/proven', 'one');
    expect(index.annotations).toMatchObject({ [`${oci}.revision`]: sha });
    const [image, attestation] = index.manifests ?? [];
    expect(attestation?.annotations).toMatchObject({
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': image?.digest,
    });
    const { layers } = await manifestOf(registry, 'bk/proven', attestation?.digest ?? '');
    expect(await blobOf(registry, 'bk/proven', layers[0]?.digest ?? '')).toMatchObject({
      predicateType: expect.stringContaining('slsa.dev/provenance'),
      predicate: {
        builder: { id: 'https://github.com/octo/shop/actions/runs/4711/attempts/1' },
      },
    });
    expect(JSON.parse(step.outputs['metadata'] ?? '').repositories[0].platforms).toEqual([
      'linux/amd64',
    ]);
  }, 20_000);

  // The scanner is an image of Docker Hub and in no package registry, so no SBOM is made here.
  it('asks for an SBOM, and says which scanner it lacks where Docker Hub is out of reach', async () => {
    const step = await build({ image: `${registry}/bk/sbom`, sbom: 'true' });
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: build/failed']);
    expect(step.errors[0]?.text).toContain('docker.io/docker/buildkit-syft-scanner');
    expect(await tagsOf(registry, 'bk/sbom')).toEqual([]);
  }, 20_000);

  it('builds two platforms into one index', async () => {
    const values = { image: `${registry}/bk/two`, platforms: 'linux/amd64, linux/arm64/v8' };
    const step = await build(values);
    expect(step.errors).toEqual([]);
    const index = await manifestOf(registry, 'bk/two', 'one');
    const machines = index.manifests?.map(({ platform }) => platform.architecture);
    expect(machines).toEqual(['amd64', 'arm64']);
    expect(step.summary).toContain('linux/amd64, linux/arm64');
  }, 20_000);

  it('finds that buildx left a platform out before any tag moves', async () => {
    await using runner = await makeBuildRunner();
    const less = await wrapDocker(
      runner,
      `for part; do shift; [ "$part" = linux/arm64 ] && part=linux/amd64; set -- "$@" "$part"; done`,
    );
    const image = `${registry}/bk/missing`;
    const inputs = { ...defaults, image, platforms: 'linux/arm64' };
    const step = await runner.start(bundle, inputs, { ...kit.env, ...less }).done;
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/platform']);
    expect(step.errors[0]?.text).toContain('has no linux/arm64; it has linux/amd64');
    expect(await tagsOf(registry, 'bk/missing')).toEqual([]);
  }, 20_000);

  it('brings its cache to an empty builder', async () => {
    const values = { image: `${registry}/bk/cached`, cache: 'registry' };
    const dockerfile = plainDockerfile.replace(' /hello.txt', ' /cached.txt');
    const first = await build(values, { dockerfile });
    expect(first.errors).toEqual([]);
    expect(first.log).not.toContain('CACHED');
    await using other = await startBuildKit();
    const second = await build({ ...values, push: 'false' }, { dockerfile, builder: other });
    expect(second.log).toContain('CACHED');
    expect(second.log).not.toContain('exporting cache');
    expect(await tagsOf(registry, 'bk/cached')).toEqual(['buildcache', 'one']);
  }, 20_000);

  it.each([
    ['refuses it', { status: 403 }],
    ['breaks', 'reset'],
  ] as const)(
    'is green when the registry of the cache %s',
    async (_, fault) => {
      await using proxy = await startFaultProxy(registry, ({ path }) =>
        path.endsWith('/manifests/buildcache') ? fault : undefined,
      );
      const step = await build({ image: `${proxy.host}/bk/broken`, cache: 'registry' });
      expect(step.log).toMatch(/#\d+ ERROR: error writing manifest/);
      expect(step.errors).toEqual([]);
      expect(await tagsOf(registry, 'bk/broken')).toEqual(['one']);
    },
    20_000,
  );

  it('gives the same digest again with SOURCE_DATE_EPOCH, from other file times and no cache', async () => {
    const env = { SOURCE_DATE_EPOCH: '1700000000' };
    const values = { image: `${registry}/bk/same` };
    const first = await build(values, { env, changed: 1_750_000_000 });
    await using builder = await startBuildKit();
    const second = await build(values, { env, builder, changed: 1_760_000_000 });
    expect(first.outputs['digest']).toMatch(/^sha256:/);
    expect(second.outputs['digest']).toBe(first.outputs['digest']);
    expect(second.log).not.toContain('CACHED');
  }, 20_000);

  it('only builds with push: false', async () => {
    const values = { image: `${registry}/bk/tried`, push: 'false', provenance: 'max' };
    const step = await build(values);
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ image: '', digest: '', tags: '', version: 'one' });
    expect(step.log).toContain('built: nothing was pushed, as asked.');
    expect(await tagsOf(registry, 'bk/tried')).toEqual([]);
  }, 20_000);
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import { standInBuilder } from './stand-in-builder.ts';
import {
  bundle,
  defaults,
  leftovers,
  makeBuildRunner,
  manifestOf,
  recordDocker,
  tagsOf,
  wrapDocker,
} from './world.ts';

describe('build-push where the current builder is the engine’s own', () => {
  let registry: LocalRegistry;
  let runner: Runner;
  let builder: AsyncDisposable;
  const start = (values: Record<string, string>, env: Record<string, string>) => {
    const inputs = { ...defaults, tags: 'one', ...values };
    const buildx = { BUILDX_CONFIG: join(runner.workspace, '../buildx') };
    return runner.start(bundle, inputs, { ...buildx, ...env }).done;
  };

  beforeAll(async () => {
    [registry, runner, builder] = await Promise.all([
      startRegistry(),
      makeBuildRunner(),
      standInBuilder(),
    ]);
  }, 60_000);
  afterAll(async () => {
    await builder[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  }, 30_000);

  it('needs no call before a plain build where nobody chose a builder', async () => {
    const docker = await recordDocker(runner);
    const step = await start({ image: `${registry.host}/own/plain` }, docker.env);
    expect(step.errors).toEqual([]);
    expect(await docker.calls()).toEqual([
      expect.stringMatching(/^buildx build .*--push --tag \S+\/own\/plain:slipway-staging-[\w-]+ /),
    ]);
  }, 30_000);

  it('asks buildx once where one was chosen', async () => {
    const docker = await recordDocker(runner);
    const image = `${registry.host}/own/chosen`;
    const step = await start({ image }, { ...docker.env, BUILDX_BUILDER: 'default' });
    expect(step.errors).toEqual([]);
    expect((await docker.calls()).map((call) => call.split(' ', 2).join(' '))).toEqual([
      'buildx inspect',
      'buildx build',
    ]);
  }, 30_000);

  const create =
    'buildx create --name slipway-local --driver docker-container --driver-opt network=host --node slipway-local0';
  it.each([
    ['makes a builder', 'provenance', { provenance: 'max' }],
    ['takes the one that is there', 'platforms', { platforms: 'linux/amd64,linux/arm64' }],
  ])(
    '%s for %s, with one call before the build',
    async (_, name, values) => {
      const docker = await recordDocker(runner);
      const step = await start({ image: `${registry.host}/own/${name}`, ...values }, docker.env);
      expect(step.errors).toEqual([]);
      const built = expect.stringMatching(/^buildx build .*--builder slipway-local /);
      expect(await docker.calls()).toEqual([create, built]);
      const index = await manifestOf(registry.host, `own/${name}`, 'one');
      expect(index.manifests).toHaveLength(2);
      expect(await tagsOf(registry.host, `own/${name}`)).toEqual(['one']);
      expect(await leftovers(runner)).toEqual([]);
    },
    30_000,
  );

  it('says what asked for a builder that cannot be made', async () => {
    const refuse = `[ "$2" = create ] && { echo 'ERROR: no space left on device' >&2; exit 1; }`;
    const image = `${registry.host}/own/none`;
    const values = { image, cache: 'registry', sbom: 'true' };
    const step = await start(values, await wrapDocker(runner, refuse));
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: build/builder']);
    expect(step.errors[0]?.text).toContain('What cache, sbom asks for');
    expect(step.errors[0]?.text).toContain('no space left on device');
  });

  it.each([
    ['no docker', { PATH: '/nowhere' }, 'ENOENT'],
    ['no engine', { DOCKER_HOST: 'unix:///nowhere.sock' }, 'Cannot connect to the Docker daemon'],
  ])('says that there is %s', async (_, env, says) => {
    const step = await start({ image: `${registry.host}/own/none` }, env);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: build/docker']);
    expect(step.errors[0]?.text).toContain(says);
  });
});

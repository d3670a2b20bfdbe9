import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Fault, hit, startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { type BuildKit, startBuildKit } from './buildkitd.ts';
import { bundle, defaults, leftovers, makeBuildRunner, recordDocker, tagsOf } from './world.ts';

interface Happened {
  step: StepResult;
  requests: string[];
  /** How often `docker buildx build` ran. */
  builds: number;
  tags: string[];
}

const wait = { status: 429, headers: { 'retry-after': '1' } };
const down = { status: 503 };
const other = `sha256:${'0'.repeat(64)}`;
const denied = {
  status: 403,
  headers: { 'content-type': 'application/json' },
  body: '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}',
};
const immutable = {
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: '{"errors":[{"code":"TAG_INVALID","message":"The image tag \'two\' already exists and cannot be overwritten"}]}',
};

const faults = {
  'engine: the manifest once': hit('PUT', /manifests\/slipway-staging-[\w-]+$/, down, 1),
  'engine: a layer breaks': hit('PATCH', /blobs\/uploads\//, 'reset', 1),
  // The engine tries a denied layer again by itself, for a minute.
  'engine: denied': hit('PUT', /manifests\/slipway-staging-[\w-]+$/, denied),
  'BuildKit: the manifest once': hit('PUT', /manifests\/sha256/, wait, 1),
  'BuildKit: a layer breaks': hit('PUT', /blobs\/uploads\//, 'reset', 1),
  'BuildKit: denied': hit('POST', /blobs\/uploads\/$/, denied),
  'before: the first look': hit('GET', /^\/v2\/$/, wait, 1),
  'after: reading back': hit('GET', /manifests\/sha256/, down, 1),
  'after: a tag': hit('PUT', /manifests\/one$/, wait, 1),
  'after: looking at a tag': hit('HEAD', /manifests\/one$/, down, 1),
  'after: another digest': hit('HEAD', /manifests\/one$/, {
    replace: { 'docker-content-digest': other },
  }),
  'after: a tag that is there': hit('PUT', /manifests\/two$/, { replace: {}, as: 400 }),
  'after: a tag for ever': hit('PUT', /manifests\/two$/, immutable),
} satisfies Record<string, Fault>;
type Name = keyof typeof faults;

describe('build-push with a registry that fails', () => {
  let registry: LocalRegistry;
  let kit: BuildKit;
  const happened = new Map<string, Promise<Happened>>();
  const after = async (name: Name): Promise<Happened> => {
    const result = await happened.get(name);
    if (!result) throw new Error(`${name} was not started`);
    return result;
  };

  const run = async (name: string, fault: Fault): Promise<Happened> => {
    await using proxy = await startFaultProxy(registry.host, fault);
    await using runner = await makeBuildRunner();
    const docker = await recordDocker(runner);
    const repository = `faults/${name.toLowerCase().replace(/[^a-z]+/g, '-')}`;
    const inputs = { ...defaults, image: `${proxy.host}/${repository}`, tags: 'one\ntwo\nthree' };
    const env = name.startsWith('engine') ? docker.env : { ...kit.env, ...docker.env };
    const step = await runner.start(bundle, inputs, env).done;
    expect(await leftovers(runner)).toEqual([]);
    const calls = await docker.calls();
    return {
      step,
      requests: proxy.requests,
      builds: calls.filter((call) => call.startsWith('buildx build')).length,
      tags: (await tagsOf(registry.host, repository)).filter(
        (tag) => !tag.startsWith('slipway-staging-'),
      ),
    };
  };

  beforeAll(async () => {
    [registry, kit] = await Promise.all([startRegistry(), startBuildKit()]);
    for (const [name, fault] of Object.entries(faults)) happened.set(name, run(name, fault));
    await Promise.allSettled(happened.values());
  }, 60_000);
  afterAll(async () => {
    await kit[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  }, 30_000);

  it.each<[Name, number]>([
    ['engine: the manifest once', 2],
    // The engine and BuildKit try some things again by themselves.
    ['engine: a layer breaks', 1],
    ['BuildKit: the manifest once', 1],
    ['BuildKit: a layer breaks', 1],
    ['before: the first look', 1],
    ['after: reading back', 1],
    ['after: a tag', 1],
    ['after: looking at a tag', 1],
    ['after: a tag that is there', 1],
  ])('gets over it (%s)', async (name, builds) => {
    const { step, tags, ...rest } = await after(name);
    expect(step.errors).toEqual([]);
    expect(step.code).toBe(0);
    expect(tags).toEqual(['one', 'three', 'two']);
    expect(rest.builds).toBe(builds);
    if (builds > 1) {
      expect(step.log).toMatch(/attempt 1 of 4 failed \(.*(?:429|503)/);
      expect(step.log).toContain('CACHED');
    }
  });

  it.each<[Name]>([['engine: denied'], ['BuildKit: denied']])(
    'gives up at once (%s)',
    async (name) => {
      const { builds, step, tags } = await after(name);
      expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/denied']);
      expect(step.errors[0]?.text).toMatch(/refused access to faults\/\w+-denied: .*denied/);
      expect(builds).toBe(1);
      expect(tags).toEqual([]);
      expect(step.log).toContain('failed: no tag was moved.');
      expect(step.summary).toMatch(/^## ❌ /);
    },
  );

  it('is red when a tag reads back as something else', async () => {
    const { step, requests } = await after('after: another digest');
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/mismatch']);
    expect(step.errors[0]?.text).toContain(`reads back as ${other}`);
    expect(requests).not.toContain('PUT /v2/faults/after-another-digest/manifests/two');
  });

  it('says which tags moved when one of them cannot', async () => {
    const { step, tags } = await after('after: a tag for ever');
    const image = step.outputs['image'] ?? '';
    const [name = ''] = image.split('@');
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/rejected']);
    expect(step.errors[0]?.text).toContain('cannot be overwritten');
    expect(step.outputs['tags']).toBe(`${name}:one`);
    expect(tags).toEqual(['one']);
    expect(step.log).toContain(`failed: ${image} is read back, 1 of 3 tags point to it.`);
    expect(step.summary).toContain('| image | tags | not moved | platforms |');
    expect(step.summary).toContain('| `one` | `two` `three` | linux/amd64 |');
  });
});

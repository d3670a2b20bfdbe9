import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startFaultProxy, type Turn } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { type BuildKit, startBuildKit } from './buildkitd.ts';
import { bundle, defaults, leftovers, makeBuildRunner, plainDockerfile, tagsOf } from './world.ts';

interface Scene {
  builder: 'engine' | 'BuildKit';
  /** Requests that never get an answer; the signal comes with the first of them. */
  stall?: RegExp;
  /** Or: what the log shows when the signal comes. */
  log?: RegExp;
  dockerfile?: string;
  /** Other faults. */
  turn?: (what: string) => Turn | undefined;
}

// Seconds that no other sleep on this machine takes.
const naps = '98765.25';
const busy = `FROM node:24-bookworm-slim\nRUN sleep ${naps}\n`;
const down = { status: 503 };

const scenes = {
  'before the build': { builder: 'BuildKit', stall: /^GET \/v2\/$/ },
  'in a build step': { builder: 'engine', log: /RUN sleep/, dockerfile: busy },
  'in the push of the engine': { builder: 'engine', stall: /^PATCH .*\/blobs\/uploads\// },
  'in the push of BuildKit': { builder: 'BuildKit', stall: /^PUT .*\/blobs\/uploads\// },
  'in the pause before another try': {
    builder: 'engine',
    log: /the next one in/,
    turn: (what) => (/^PUT .*\/manifests\//.test(what) ? down : undefined),
  },
  'while it reads back': { builder: 'BuildKit', stall: /^GET .*\/manifests\/sha256/ },
  'in front of the tags': { builder: 'BuildKit', stall: /^PUT .*\/manifests\/one$/ },
} satisfies Record<string, Scene>;

const cases = Object.keys(scenes).flatMap((name) =>
  (['SIGINT', 'SIGTERM'] as const).map((signal) => ({ name, signal })),
);

describe('build-push, cancelled', () => {
  let registry: LocalRegistry;
  let kit: BuildKit;
  const ended = new Map<string, Promise<Ended>>();

  interface Ended {
    step: StepResult;
    /** Milliseconds from the signal to the end. */
    ms: number;
    tags: string[];
    files: string[];
    processes: string[];
  }

  const play = async (name: string, scene: Scene, signal: NodeJS.Signals): Promise<Ended> => {
    await using proxy = await startFaultProxy(registry.host, ({ method, path }) => {
      const what = `${method} ${path}`;
      return scene.stall?.test(what) ? 'stall' : scene.turn?.(what);
    });
    await using runner = await makeBuildRunner({}, scene.dockerfile ?? plainDockerfile);
    const repository = `cancel/${name.toLowerCase().replaceAll(' ', '-')}-${signal.toLowerCase()}`;
    const inputs = {
      ...defaults,
      image: `${proxy.host}/${repository}`,
      tags: 'one\ntwo',
      'registry-username': 'pusher',
      'registry-password': 'p4ss word',
      'build-secrets': 'npm=planted secret',
    };
    const step = runner.start(bundle, inputs, scene.builder === 'engine' ? {} : kit.env);
    await (scene.log ? step.saw(scene.log) : Promise.race([proxy.stalled, step.done]));
    const begin = performance.now();
    step.kill(signal);
    // As the runner does in the end; it must never come to that.
    const last = setTimeout(() => step.kill('SIGKILL'), 15_000);
    const result = await step.done;
    clearTimeout(last);
    const processes = (await commandLines()).filter(({ line }) => line.includes(runner.workspace));
    for (const { pid } of processes) process.kill(pid, 'SIGKILL');
    const tags = await tagsOf(registry.host, repository);
    return {
      step: result,
      ms: performance.now() - begin,
      tags: tags.filter((tag) => !tag.startsWith('slipway-staging-')),
      files: await leftovers(runner),
      processes: processes.map(({ line }) => line),
    };
  };

  beforeAll(async () => {
    [registry, kit] = await Promise.all([startRegistry(), startBuildKit()]);
    for (const { name, signal } of cases) {
      const scene = Object.entries(scenes).find(([one]) => one === name)?.[1];
      if (scene) ended.set(`${name} ${signal}`, play(name, scene, signal));
    }
    await Promise.allSettled(ended.values());
  }, 60_000);
  afterAll(async () => {
    await kit[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  }, 30_000);

  it.each(cases)(
    '$name by $signal: no tag, no file, no process stays',
    async ({ name, signal }) => {
      const result = await ended.get(`${name} ${signal}`);
      expect(result?.step).toMatchObject({ code: 1, signal: null });
      expect(result?.step.errors).toEqual([
        {
          title: 'build-push: action/cancelled',
          text: expect.stringContaining(`The run was cancelled (${signal}).`),
        },
      ]);
      expect(result?.ms).toBeLessThan(10_000);
      expect(result?.tags).toEqual([]);
      expect(result?.files).toEqual([]);
      expect(result?.processes).toEqual([]);
      expect(result?.step.summary).toMatch(/^## ❌ .*cancelled/);
    },
  );

  it('ended the build step too', async () => {
    expect((await commandLines()).filter(({ line }) => line.includes(naps))).toEqual([]);
  });
});

/** Command lines of all processes of this machine. */
async function commandLines(): Promise<Array<{ pid: number; line: string }>> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    ids.map(async (id) => {
      const line = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      return { pid: Number(id), line: line.replaceAll('\0', ' ') };
    }),
  );
}

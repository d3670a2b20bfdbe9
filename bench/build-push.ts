import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { find, startRegistry } from '../packages/local-cloud/src/registry.ts';
import { makeRunner } from '../packages/local-cloud/src/runner.ts';
import { inTurn, median, type Row, timed } from './measure.ts';

const root = join(import.meta.dirname, '..');
const bar = 0.3;

/** What build-push takes on top of the same build by hand, and how often it calls docker for it. */
export async function buildPush(): Promise<Row[]> {
  await using registry = await startRegistry();
  await using runner = await makeRunner();
  writeFileSync(join(runner.workspace, 'Dockerfile'), 'FROM scratch\nCOPY file /file\n');
  writeFileSync(join(runner.workspace, 'file'), 'the same bytes each time\n');
  const image = `${registry.host}/bench/app`;
  const inputs: Record<string, string> = {
    IMAGE: image,
    CONTEXT: '.',
    TAGS: 'type=raw,value=main',
    CACHE: 'none',
    PROVENANCE: 'false',
    SBOM: 'false',
    PUSH: 'true',
    'MOVE-TAGS': 'true',
    'CREATE-REPOSITORY': 'false',
  };
  const env: NodeJS.ProcessEnv = {
    ...runner.env,
    GITHUB_OUTPUT: join(runner.temp, 'output'),
    GITHUB_STEP_SUMMARY: join(runner.temp, 'summary'),
    ...Object.fromEntries(Object.entries(inputs).map(([key, value]) => [`INPUT_${key}`, value])),
  };
  // The runner makes both files.
  for (const name of ['output', 'summary']) writeFileSync(join(runner.temp, name), '');
  const bundle = join(root, 'actions/build-push/dist/index.js');
  const raw = ['buildx', 'build', '--provenance=false', '--push', '--tag', `${image}:raw`, '.'];
  const cwd = runner.workspace;
  const pairs = await inTurn(
    11,
    () => timed(process.execPath, [bundle], { env, cwd }),
    () => timed('docker', raw, { env, cwd }),
  );
  const extra = median(pairs.map(({ a, b }) => a - b)) / 1_000;
  const calls = countDockerCalls(bundle, env, cwd, runner.temp);
  return [
    {
      what: 'build-push on top of docker buildx build --push',
      measured: `${extra.toFixed(2)} s (${(median(pairs.map(({ b }) => b)) / 1_000).toFixed(2)} s by hand)`,
      bar: `≤ ${bar} s`,
      held: extra <= bar,
    },
    {
      what: 'build-push: docker calls beside the build',
      measured: String(calls - 1),
      bar: '≤ 2',
      held: calls - 1 <= 2,
    },
  ];
}

function countDockerCalls(
  bundle: string,
  env: NodeJS.ProcessEnv,
  cwd: string,
  temp: string,
): number {
  const bin = join(temp, 'bin');
  const calls = join(temp, 'calls');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'docker'),
    `#!/bin/sh\necho call >> '${calls}'\nexec '${find(['docker'])}' "$@"\n`,
  );
  chmodSync(join(bin, 'docker'), 0o755);
  const path = `${bin}${delimiter}${env['PATH'] ?? ''}`;
  execFileSync(process.execPath, [bundle], { env: { ...env, PATH: path }, cwd, stdio: 'ignore' });
  return readFileSync(calls, 'utf8').trim().split('\n').length;
}

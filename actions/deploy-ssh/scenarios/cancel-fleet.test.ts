import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ManySshd, manySshd } from '../../../packages/local-cloud/src/hosts/many-sshd.ts';
import { makeRunner, type Runner, type Step } from '../../../packages/local-cloud/src/runner.ts';
import { processesWith } from './processes.ts';
import { bundle } from './world.ts';

const moments = 10;
/** What the runner waits after SIGINT before it kills. */
const runnerPatience = 10_000;

let hosts: ManySshd;
let runner: Runner;
let version = 0;

beforeAll(async () => {
  [hosts, runner] = await Promise.all([manySshd(3), makeRunner()]);
  await mkdir(join(runner.workspace, 'app'));
}, 30_000);
afterAll(async () => {
  await runner?.[Symbol.asyncDispose]();
  await hosts?.[Symbol.asyncDispose]();
}, 30_000);

/** Ships the next version of an app that writes it down when it starts; each step takes a while. */
async function start(): Promise<Step> {
  version += 1;
  await writeFile(join(runner.workspace, 'app/version'), `${version}`);
  const step = runner.start(bundle, {
    hosts: hosts.addresses,
    'private-key': hosts.privateKey,
    'known-hosts': hosts.knownHosts,
    path: hosts.path,
    mode: 'release',
    source: 'app',
    before: 'echo first; sleep 0.1; echo second',
    restart: `sleep 0.1; cp version ${hosts.path}/serving; sleep 0.1`,
    after: 'sleep 0.1',
  });
  await step.saw(/::add-mask::/);
  return step;
}

const look = (host: ManySshd['all'][number]) => ({
  serving: readFileSync(join(host.folder, 'serving'), 'utf8'),
  current: readFileSync(
    join(host.folder, readlinkSync(join(host.folder, 'current')), 'version'),
  ).toString(),
  unfinished: readdirSync(join(host.folder, 'releases')).filter((name) => name.endsWith('.part')),
  locked: existsSync(join(host.folder, '.slipway/lock')),
  processes: processesWith(`HOME=${join(host.folder, '../home')}`),
});

it('that is cancelled at any moment leaves all hosts with one version, unlocked and quiet', async () => {
  const begun = await start();
  const undisturbed = performance.now();
  const { outputs, log } = await begun.done;
  expect(outputs['status']).toBe('deployed');
  for (const { port } of hosts.all) {
    const said = log.split('\n').filter((line) => line.includes(`127.0.0.1:${port} `));
    const steps = said.filter((line) => /(first|second)$/.test(line));
    expect(steps).toEqual([expect.stringMatching(/first$/), expect.stringMatching(/second$/)]);
  }
  const length = performance.now() - undisturbed;
  let serving = `${version}`;
  for (let turn = 0; turn < moments; turn += 1) {
    const moment = ((turn + Math.random()) / moments) * length;
    const step = await start();
    await delay(moment);
    const asked = performance.now();
    step.kill('SIGINT');
    const { code, outputs } = await step.done;
    const taken = performance.now() - asked;
    if (code === 0) serving = `${version}`;
    const settled = {
      serving,
      current: serving,
      unfinished: [],
      locked: false,
      processes: [],
    };
    expect({ moment, status: outputs['status'], hosts: hosts.all.map(look) }).toEqual({
      moment,
      status: code === 0 ? 'deployed' : 'cancelled',
      hosts: hosts.all.map(() => settled),
    });
    expect(taken).toBeLessThan(runnerPatience);
  }
}, 120_000);

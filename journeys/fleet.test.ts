import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  copyExampleApp,
  installSite,
  installUnits,
} from '../packages/local-cloud/src/hosts/example-app.ts';
import { type Hosts, startHosts } from '../packages/local-cloud/src/hosts/hosts.ts';
import { makeRunner, type Runner } from '../packages/local-cloud/src/runner.ts';
import { askSteadily } from '../packages/local-cloud/src/steady-client.ts';
import { root } from './root.ts';

const path = '/srv/example-app';
const bundle = join(root, 'actions/deploy-ssh/dist/index.js');
const count = 3;
const all = (value: string) => Array(count).fill(value);

/** Machines with systemd, nginx and two instances of the app each; mode `release`. */
describe('a release on several hosts', () => {
  let hosts: Hosts;
  let runner: Runner;
  let app: string;

  beforeAll(async () => {
    [hosts, runner] = await Promise.all([startHosts(count), makeRunner()]);
    app = join(runner.workspace, 'app');
    await copyExampleApp(app);
    await Promise.all(
      hosts.all.map(async (host) => {
        await host.exec(['install', '-d', '-o', 'deploy', '-g', 'deploy', path]);
        await installSite(host);
        await installUnits(host, path);
        const verify = 'systemd-analyze verify /etc/systemd/system/example-app@3001.service 2>&1';
        expect(await host.exec(['sh', '-c', verify])).toBe('');
      }),
    );
  }, 120_000);
  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]();
    await hosts?.[Symbol.asyncDispose]();
  }, 60_000);

  const deploy = (version: string, more: Record<string, string> = {}, from = app) =>
    runner.start(bundle, {
      hosts: hosts.addresses,
      'private-key': hosts.privateKey,
      'known-hosts': hosts.knownHosts,
      path,
      mode: 'release',
      source: from.slice(runner.workspace.length + 1),
      env: `APP_VERSION=${version}\nAPP_COMMIT=c-${version}`,
      restart: 'example-app.service',
      'health-url': 'http://127.0.0.1:3001/api/info',
      expect: `c-${version}`,
      'max-parallel': '2',
      timeout: '60s',
      ...more,
    }).done;

  const serving = () =>
    Promise.all(
      hosts.all.map(async (host) => {
        const printed = await host.exec(['curl', '-s', 'http://127.0.0.1:3001/api/info']);
        return String(Object(JSON.parse(printed)).version);
      }),
    );
  const locks = () =>
    Promise.all(
      hosts.all.map((host) =>
        host.exec(['sh', '-c', `ls -d ${path}/.slipway/lock 2>/dev/null || true`]),
      ),
    );

  it('is deployed to all of them, the first one alone before the others', async () => {
    const step = await deploy('1.0.0');
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'deployed', reason: '' });
    expect(await serving()).toEqual(all('1.0.0'));
    const verdicts: Array<{ status: string }> = JSON.parse(step.outputs['hosts'] ?? '');
    expect(verdicts.map(({ status }) => status)).toEqual(all('deployed'));
    expect(step.summary).toContain('### Hosts');
  }, 120_000);

  it('is followed by the next one without a lost request, which sends only what changed', async () => {
    const [first] = hosts.all;
    if (!first) throw new Error('no host');
    const client = await askSteadily(`http://127.0.0.1:${first.web}/api/info`, {
      rate: 50,
      limit: 60_000,
    });
    await client.saw('c-1.0.0');
    await writeFile(join(app, 'src/release-note.txt'), 'two');
    const step = await deploy('2.0.0');
    await client.saw('c-2.0.0');
    const { failures, asked } = await client.stop();
    expect(step.errors).toEqual([]);
    expect(step.log).toContain('(delta, ');
    expect(await serving()).toEqual(all('2.0.0'));
    expect(failures).toEqual([]);
    expect(asked.length).toBeGreaterThan(50);
  }, 120_000);

  it('that cannot start is taken back on every host that was switched', async () => {
    const broken = join(runner.workspace, 'broken');
    await cp(app, broken, { recursive: true });
    const file = join(broken, 'src/app.ts');
    await writeFile(
      file,
      `throw new Error('The setting DATABASE_URL is missing');\n${await readFile(file, 'utf8')}`,
    );
    const step = await deploy('3.0.0', {}, broken);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/command']);
    expect(step.outputs).toMatchObject({ status: 'rolled-back' });
    expect(await serving()).toEqual(all('2.0.0'));
    expect((await locks()).join('')).toBe('');
  }, 120_000);

  it.each([
    ['before', { before: 'if [ "$(hostname)" = FAIL ]; then exit 3; fi' }, 'untouched'],
    ['after', { after: 'if [ "$(hostname)" = FAIL ]; then exit 3; fi' }, 'rolled-back'],
  ])(
    'whose step %s fails on the third host serves nowhere',
    async (_, steps, second) => {
      const third = hosts.all[2];
      if (!third) throw new Error('no host');
      const name = (await third.exec(['hostname'])).trim();
      const inputs = Object.fromEntries(
        Object.entries(steps).map(([key, text]) => [key, text.replace('FAIL', name)]),
      );
      const step = await deploy('4.0.0', inputs);
      expect(step.errors).toHaveLength(1);
      expect(step.errors[0]?.text).toContain('exit code 3');
      expect(await serving()).toEqual(all('2.0.0'));
      expect((await locks()).join('')).toBe('');
      const verdicts: Array<{ status: string; release: string }> = JSON.parse(
        step.outputs['hosts'] ?? '',
      );
      expect(verdicts[1]?.status).toBe(second);
      expect(verdicts.every(({ release }) => release === verdicts[0]?.release)).toBe(true);
    },
    120_000,
  );

  it('migrates once, keeps what is shared, and leaves secrets readable by their user only', async () => {
    await Promise.all(
      hosts.all.map((host) =>
        host.exec([
          'sh',
          '-c',
          `install -d -o deploy ${path}/shared && echo kept > ${path}/shared/notes.txt`,
        ]),
      ),
    );
    const step = await deploy('5.0.0', {
      shared: 'storage/\nnotes.txt',
      secrets: "PASSWORD=it's $ecret `x`",
      migrate: 'echo migrated >> ../../migrations; printf %s "$PASSWORD" > ../../shared/seen',
    });
    expect(step.errors).toEqual([]);
    const [first, ...others] = hosts.all;
    expect(await first?.exec(['cat', `${path}/migrations`])).toBe('migrated\n');
    expect(await first?.exec(['cat', `${path}/shared/seen`])).toBe("it's $ecret `x`");
    for (const host of others) {
      expect(await host.exec(['sh', '-c', `ls ${path}/migrations 2>/dev/null || true`])).toBe('');
    }
    for (const host of hosts.all) {
      expect(await host.exec(['cat', `${path}/current/notes.txt`])).toBe('kept\n');
      expect(await host.exec(['stat', '-c', '%a', `${path}/current/.env`])).toBe('600\n');
    }
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('$ecret');
  }, 120_000);

  it('reports a host that cannot be reached, before anything was changed', async () => {
    const step = await deploy('6.0.0', { hosts: `${hosts.addresses}\ndeploy@127.0.0.1:9` });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/unreachable']);
    expect(await serving()).toEqual(all('5.0.0'));
    expect((await locks()).join('')).toBe('');
  }, 60_000);
});

import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
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

const run = promisify(execFile);
const path = '/srv/example-app';
const bundle = join(root, 'actions/deploy-ssh/dist/index.js');
const unit = '/etc/systemd/system/example-app.service';
const withoutSecond = 's/ example-app@3002[.]service//; /restart$/d';
const count = 5;
const all = (value: string) => Array(count).fill(value);

/** An item of the output `hosts`. */
interface Verdict {
  status: string;
  release: string;
  error: string;
}

/** What goes wrong on the third host: in its steps, or by programs that root runs there. */
interface Fault {
  arrange?: string[];
  undo?: string[];
  before?: string;
  restart?: string;
  after?: string;
  timeout?: string;
}

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
      hosts.all.map(async (host, index) => {
        await host.exec(['install', '-d', '-o', 'deploy', '-g', 'deploy', path]);
        await installSite(host);
        await installUnits(host, path);
        // Only the first host is asked all the time; on the others one instance is half the work.
        if (index === 0) return;
        await host.exec(['sed', '-i', withoutSecond, unit]);
        await host.exec(['systemctl', 'daemon-reload']);
        const verify = 'systemd-analyze verify /etc/systemd/system/example-app@3001.service 2>&1';
        expect(await host.exec(['sh', '-c', verify])).toBe('');
        // The README says 0.9, which is 9 here; it fails when the units are exposed more than that.
        const secure = ['systemd-analyze', 'security', '--threshold=9', 'example-app@3001.service'];
        if (index === 1) await host.exec(secure);
      }),
    );
  }, 120_000);
  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]();
    await hosts?.[Symbol.asyncDispose]();
  }, 60_000);

  const inputs = (version: string, more: Record<string, string> = {}, from = app) => ({
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
  });
  const deploy = (...told: Parameters<typeof inputs>) => runner.start(bundle, inputs(...told)).done;

  const serving = () =>
    Promise.all(
      hosts.all.map(async (host) => {
        const printed = await host.exec(['curl', '-s', 'http://127.0.0.1:3001/api/info']);
        return String(Object(JSON.parse(printed)).version);
      }),
    );
  const verdictsOf = (outputs: Record<string, string>): Verdict[] =>
    JSON.parse(outputs['hosts'] ?? '[]');
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
    expect(verdictsOf(step.outputs).map(({ status }) => status)).toEqual(all('deployed'));
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
    const { lost, asked } = await client.stop();
    expect(step.errors).toEqual([]);
    expect(step.log).toContain('(delta, ');
    expect(await serving()).toEqual(all('2.0.0'));
    expect(lost).toEqual([]);
    expect(asked.length).toBeGreaterThan(50);
  }, 120_000);

  it('that cannot start is rolled back on every host that was switched', async () => {
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
    expect(step.summary).toContain('The setting DATABASE_URL is missing');
    expect(step.outputs).toMatchObject({ status: 'rolled-back' });
    expect(await serving()).toEqual(all('2.0.0'));
    expect((await locks()).join('')).toBe('');
  }, 120_000);

  const third = () => {
    const host = hosts.all[2];
    if (!host) throw new Error('no third host');
    return host;
  };
  /** Text for a step that is run on the third host only, while the given version is new there. */
  const onThird = (version: string, script: string) =>
    `if [ "$(hostname) $APP_VERSION" = "${third().container} ${version}" ]; then ${script}; fi`;

  const before = ['untouched', 'untouched', 'failed', 'untouched', 'untouched'];
  const after = ['rolled-back', 'rolled-back', 'rolled-back', 'untouched', 'untouched'];
  it.each<[string, Fault, string, string[]]>([
    [
      'cannot be connected to',
      { arrange: ['systemctl', 'stop', 'ssh'], undo: ['systemctl', 'start', 'ssh'] },
      'ssh/unreachable',
      before.with(2, 'unreachable'),
    ],
    [
      'cannot take the upload',
      {
        arrange: ['chown', 'root', `${path}/releases`],
        undo: ['chown', 'deploy', `${path}/releases`],
      },
      'ssh/command',
      before,
    ],
    ['fails in before', { before: 'exit 3' }, 'ssh/command', before],
    ['fails in the switch', { restart: 'exit 3' }, 'ssh/command', after],
    [
      'does not prove the new version',
      { before: 'sed -i s/c-4.0.0/c-other/ .env', timeout: '25s' },
      'deploy/unproven',
      after,
    ],
    [
      'loses its connection in the switch',
      { after: 'pkill -KILL -f "^sshd: deploy"; sleep 30' },
      'ssh/lost',
      after,
    ],
  ])(
    'of which the third %s serves the old version everywhere',
    async (_, { arrange, undo, timeout = '60s', ...steps }, code, verdicts) => {
      if (arrange) await third().exec(arrange);
      const step = await deploy('4.0.0', {
        before: onThird('4.0.0', steps.before ?? ':'),
        restart: `${onThird('4.0.0', steps.restart ?? ':')}\nexample-app.service`,
        after: onThird('4.0.0', steps.after ?? ':'),
        timeout,
      });
      if (undo) await third().exec(undo);
      expect(step.errors.map(({ title }) => title)).toEqual([`deploy-ssh: ${code}`]);
      expect(step.errors[0]?.text).toContain(`127.0.0.1:${third().port}`);
      expect(await serving()).toEqual(all('2.0.0'));
      expect((await locks()).join('')).toBe('');
      expect(verdictsOf(step.outputs).map(({ status }) => status)).toEqual(verdicts);
      expect(verdictsOf(step.outputs)[2]?.error).not.toBe('');
    },
    120_000,
  );

  it('migrates its database once, keeps what is shared, and leaves secrets to their user', async () => {
    const [first, ...others] = hosts.all;
    if (!first) throw new Error('no host');
    await first.exec(['systemctl', 'start', 'postgresql@15-main']);
    // The app itself has none: it would look for one on each host.
    const database = 'postgres://app:app@127.0.0.1/app';
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
      secrets: `PASSWORD=it's $ecret \`x\`\nMIGRATED_URL=${database}`,
      migrate:
        'psql -q "$MIGRATED_URL" -c "create table migrations (release text)"\n' +
        'psql -q "$MIGRATED_URL" -v v="$SLIPWAY_RELEASE" <<< "insert into migrations values (:\'v\')"\n' +
        'printf %s "$PASSWORD" > ../../shared/seen',
    });
    expect(step.errors).toEqual([]);
    const migrated = ['psql', '-At', database, '-c', 'select release from migrations'];
    expect(await first.exec(migrated)).toBe(`${step.outputs['release']}\n`);
    expect(await first.exec(['cat', `${path}/shared/seen`])).toBe("it's $ecret `x`");
    for (const host of others) {
      expect(await host.exec(['sh', '-c', `ls ${path}/shared/seen 2>/dev/null || true`])).toBe('');
    }
    for (const host of hosts.all) {
      expect(await host.exec(['cat', `${path}/current/notes.txt`])).toBe('kept\n');
      expect(await host.exec(['stat', '-c', '%a', `${path}/current/.env`])).toBe('600\n');
    }
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('$ecret');
  }, 120_000);

  it('rolls back by hand on all of them', async () => {
    const rollback = await deploy('5.0.0', { release: 'previous' });
    expect(rollback.errors).toEqual([]);
    expect(await serving()).toEqual(all('2.0.0'));
  }, 120_000);

  it('reports a host that cannot be reached, before anything was changed', async () => {
    const step = await deploy('6.0.0', { hosts: `${hosts.addresses}\ndeploy@127.0.0.1:9` });
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/unreachable']);
    expect(await serving()).toEqual(all('2.0.0'));
    expect((await locks()).join('')).toBe('');
  }, 60_000);

  it('comes as a commit that each host fetches from its repository', async () => {
    const [first] = hosts.all;
    if (!first) throw new Error('no host');
    const repository = '/srv/repository.git';
    const key = join(runner.temp, 'key');
    await writeFile(key, hosts.privateKey, { mode: 0o600 });
    await first.exec(['git', 'init', '--quiet', '--bare', repository], { user: first.user });
    const git = async (...args: string[]) => {
      const ssh = `ssh -i ${key} -o UserKnownHostsFile=${key}.known -o IdentitiesOnly=yes`;
      const env = { ...process.env, GIT_SSH_COMMAND: ssh };
      const { stdout } = await run('git', ['-C', app, ...args], { env });
      return stdout.trim();
    };
    await writeFile(`${key}.known`, hosts.knownHosts);
    await git('init', '--quiet');
    await git('add', '.');
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    await git(...author, 'commit', '--quiet', '--message', 'Open the shop');
    await git('push', '--quiet', `ssh://${first.address}${repository}`, 'HEAD:refs/heads/main');
    const step = await deploy('6.5.0', {
      mode: 'git',
      source: `ssh://${first.user}@${first.inside.ip}${repository}`,
      commit: await git('rev-parse', 'HEAD'),
      'deploy-key': hosts.privateKey,
      'known-hosts': `${hosts.knownHosts}\n${first.knownHosts.replace(/^\S+/, first.inside.ip)}`,
    });
    expect(step.errors).toEqual([]);
    expect(await serving()).toEqual(all('6.5.0'));
    expect(step.log.match(/checked out [0-9a-f]{40} of ssh:/g)).toHaveLength(count);
  }, 120_000);

  it('says which host could not be rolled back, and rolls back the others', async () => {
    const step = runner.start(bundle, inputs('7.0.0', { after: onThird('7.0.0', 'sleep 30') }));
    await step.saw(new RegExp(`:${third().port} after`));
    await third().exec(['sh', '-c', 'systemctl stop ssh; pkill -KILL sshd']);
    const result = await step.done;
    expect(result.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/lost']);
    expect(result.outputs['status']).toBe('failed');
    expect(result.summary).toContain(`127.0.0.1:${third().port}`);
    expect(verdictsOf(result.outputs).map(({ status }) => status)).toEqual(after.with(2, 'failed'));
    expect((await serving()).toSpliced(2, 1)).toEqual(all('6.5.0').slice(1));
    expect((await locks()).toSpliced(2, 1).join('')).toBe('');
  }, 120_000);
});

import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commit, git, makeRepository } from '../../actions/deploy-ssh/test/git/repositories.ts';
import { prepareForDjango } from '../../packages/local-cloud/src/hosts/example-django.ts';
import type { Host } from '../../packages/local-cloud/src/hosts/host.ts';
import { type Hosts, startHosts } from '../../packages/local-cloud/src/hosts/hosts.ts';
import { makeRunner, type Runner } from '../../packages/local-cloud/src/runner.ts';
import { askSteadily } from '../../packages/local-cloud/src/steady-client.ts';

const root = join(import.meta.dirname, '../..');
const bundle = join(root, 'actions/deploy-ssh/dist/index.js');
const current = '/srv/example-django/current';
const unit = 'example-django.service';
// As Django makes them.
const secretKey = `#x$HOME&5(%d_!q*=)^w'@"z+-${'k'.repeat(24)}`;

/** A machine with systemd, nginx, Postgres and Redis, and the Python of its distribution. */
describe('a Django service that deploy-ssh brings to a host by git', () => {
  let hosts: Hosts;
  let host: Host;
  let runner: Runner;
  let repository: string;
  let origin: string;
  let good = '';

  beforeAll(async () => {
    [hosts, runner] = await Promise.all([
      startHosts(1, { image: 'slipway-host-django' }),
      makeRunner(),
    ]);
    const [only] = hosts.all;
    if (!only) throw new Error('a host was asked for');
    host = only;
    await prepareForDjango(host);
    // 1.0: it fails when the unit is exposed more than that.
    await host.exec(['systemd-analyze', 'security', '--threshold=10', unit]);
    repository = makeRepository(join(runner.workspace, 'repository'));
    origin = makeRepository(join(host.folder, 'origin.git'), '--bare');
    await host.exec(['git', 'config', '--system', 'safe.directory', origin]);
    await cp(join(root, 'example-django'), repository, { recursive: true });
  }, 60_000);
  afterAll(async () => {
    await runner?.[Symbol.asyncDispose]();
    await hosts?.[Symbol.asyncDispose]();
  }, 30_000);

  /** Commits a change, and pushes it to where the host fetches it. */
  function change(files: Record<string, string> = {}): string {
    const id = commit(repository, files);
    git(repository, 'push', '--quiet', '--force', origin, 'HEAD:refs/heads/main');
    return id;
  }
  const source = (file: string) => readFile(join(repository, file), 'utf8');
  const deploy = (sha: string) =>
    runner.start(
      bundle,
      {
        hosts: host.address,
        'private-key': host.privateKey,
        'known-hosts': host.knownHosts,
        path: '/srv/example-django',
        mode: 'git',
        source: `file://${origin}`,
        env: `ALLOWED_HOSTS=www.example.com\nHTTPS=off\nAPP_VERSION=1.2.3\nAPP_COMMIT=${sha}`,
        secrets: [
          `SECRET_KEY=${secretKey}`,
          'DATABASE_URL=postgres://app:app@127.0.0.1/app',
          'REDIS_URL=redis://127.0.0.1/0',
        ].join('\n'),
        before: 'python3 manage.py collectstatic --noinput',
        migrate: 'python3 manage.py migrate --noinput',
        restart: unit,
        'health-url': 'http://127.0.0.1/ready',
        expect: sha,
        timeout: '120s',
      },
      { GITHUB_SHA: sha },
    ).done;
  const ask = (path: string, ...more: string[]) =>
    host.exec([
      ...['curl', '--silent', '--show-error', '--cookie', '/tmp/jar', '--cookie-jar', '/tmp/jar'],
      ...['--header', 'Host: www.example.com', ...more, `http://127.0.0.1${path}`],
    ]);
  const serving = async () => String(Object(JSON.parse(await ask('/health'))).commit);
  const column = (name: string) =>
    host.exec(
      [
        'psql',
        '-qAt',
        'app',
        '-c',
        `select column_name from information_schema.columns
        where table_name = 'notes_note' and column_name = '${name}'`,
      ],
      { user: 'postgres' },
    );

  it('serves in under a minute, migrated and with its static files, and passes its own tests there', async () => {
    good = change();
    const step = await deploy(good);
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ status: 'deployed' });
    console.info(`example-django was deployed in ${(step.ms / 1_000).toFixed(1)} s`);
    expect(step.ms).toBeLessThan(60_000);
    expect(await serving()).toBe(good);

    const page = await ask('/');
    expect(page).toContain('1.2.3');
    expect(page).toContain(good);
    const [, style = ''] = /href="(\/static\/page\.\w+\.css)"/.exec(page) ?? [];
    expect(await ask(style)).toContain('font-family');
    const [, token = ''] = /csrfmiddlewaretoken" value="(\w+)"/.exec(page) ?? [];
    await ask(
      '/',
      '--data-urlencode',
      'text=kept by Postgres',
      '--data',
      `csrfmiddlewaretoken=${token}`,
    );
    expect(await ask('/')).toContain('kept by Postgres');

    const pid = await host.exec(['systemctl', 'show', '--property=MainPID', '--value', unit]);
    const environment = await host.exec(['cat', `/proc/${pid.trim()}/environ`]);
    expect(environment.split('\0')).toContain(`SECRET_KEY=${secretKey}`);

    const tests = `cd ${current} && set -a && . ./.env && python3 manage.py test 2>&1 || true`;
    expect(await host.exec(['bash', '-c', tests], { user: 'deploy' })).toMatch(/^OK$/m);
  }, 240_000);

  it('says in time that Postgres is silent, and goes on without Redis', async () => {
    const timed = async (path: string) => {
      const written = await ask(path, '--output', '/dev/null', '-w', '%{http_code} %{time_total}');
      const [status = 0, seconds = 0] = written.split(' ').map(Number);
      return { status, seconds };
    };
    const silence = async (service: string): Promise<AsyncDisposable> => {
      const signal = (name: string) =>
        host.exec(['systemctl', 'kill', `--signal=${name}`, service]);
      await signal('STOP');
      return {
        [Symbol.asyncDispose]: async () => {
          await signal('CONT');
        },
      };
    };
    {
      await using _redis = await silence('redis-server');
      expect((await timed('/ready')).status).toBe(200);
      expect(await ask('/')).toContain('kept by Postgres');
    }
    {
      await using _postgres = await silence('postgresql@15-main');
      const ready = await timed('/ready');
      expect(ready.status).toBe(503);
      expect(ready.seconds).toBeLessThan(5);
      expect((await timed('/health')).status).toBe(200);
    }
    expect((await timed('/ready')).status).toBe(200);
    expect(await ask('/')).toContain('kept by Postgres');
  }, 120_000);

  it('is followed by a commit that migrates, without a lost request', async () => {
    await using client = await askSteadily(`http://127.0.0.1:${host.web}/health`, {
      version: commitIn,
      rate: 20, // enough to meet each gap; how much a busy machine can serve is another question
    });
    await client.saw(good);
    const model = await source('notes/models.py');
    const migration = `from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]
    operations = [migrations.AddField("note", "pinned", models.BooleanField(default=False))]
`;
    good = change({
      'notes/models.py': model.replace(
        '\n    class',
        '    pinned = models.BooleanField(default=False)\n\n    class',
      ),
      'notes/migrations/0002_pinned.py': migration,
      'notes/static/page.css': `${await source('notes/static/page.css')}\nli { margin: 0; }\n`,
    });
    const step = await deploy(good);
    expect(step.errors).toEqual([]);
    await client.saw(good);
    const { lost, versions } = await client.stop();
    expect(lost).toEqual([]);
    expect(versions).toHaveLength(2);
    expect(await column('pinned')).toBe('pinned\n');
    expect(await ask('/')).toContain('kept by Postgres');
  }, 240_000);

  it('is what serves again when the next commit cannot be loaded', async () => {
    const broken = change({
      'example/wsgi.py': `import stripe\n${await source('example/wsgi.py')}`,
    });
    const step = await deploy(broken);
    expect(step.outputs).toMatchObject({ status: 'rolled-back', reason: 'ssh/command' });
    expect(step.errors.map(({ text }) => text).join()).toContain("No module named 'stripe'");
    expect(await serving()).toBe(good);
    git(repository, 'reset', '--quiet', '--hard', good);
  }, 240_000);

  it('is not touched by a commit whose migration or static files fail, and the error names what did', async () => {
    const before = await host.exec(['readlink', current]);
    const unused = `from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("notes", "0002_pinned")]
    operations = [
        migrations.AddField("note", "colour", models.CharField(max_length=9, default="")),
        migrations.RunSQL("select price from notes_note"),
    ]
`;
    const style = { 'notes/static/page.css': 'main { background: url(paper.png) }' };
    const cases: ReadonlyArray<[files: Record<string, string>, said: string]> = [
      [{ 'notes/migrations/0003_colour.py': unused }, 'column "price" does not exist'],
      [style, 'paper.png'],
    ];
    for (const [files, said] of cases) {
      const step = await deploy(change(files));
      expect(step.outputs).toMatchObject({ status: 'failed', reason: 'ssh/command' });
      expect(step.errors.map(({ text }) => text).join()).toContain(said);
      git(repository, 'reset', '--quiet', '--hard', good);
    }
    expect(await serving()).toBe(good);
    expect(await host.exec(['readlink', current])).toBe(before);
    expect(await column('colour')).toBe('');
  }, 240_000);
});

/** The commit that `/health` and `/ready` show. */
function commitIn(body: string): string | undefined {
  return /"commit": "([^"]*)"/.exec(body)?.[1];
}

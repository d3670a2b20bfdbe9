import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { docker } from '../src/hosts/docker.ts';
import { startHosts } from '../src/hosts/hosts.ts';
import { manySshd } from '../src/hosts/many-sshd.ts';
import { login } from './login.ts';

test('hosts are machines of their own that reach one another, and are gone afterwards', async () => {
  const names: string[] = [];
  let folder = '';
  {
    await using hosts = await startHosts(2);
    const [first, second] = hosts.all;
    if (!first || !second) throw new Error('two hosts were asked for');
    names.push(first.container, second.container);
    folder = dirname(first.folder);

    expect(await login(first, 'id -un; mkdir /srv/app; sudo -n true || echo no root')).toBe(
      'deploy\nno root\n',
    );
    expect(await login(second, 'ls /srv; hostname')).toBe(`${second.container}\n`);
    expect(await first.exec(['systemctl', 'is-system-running'])).toBe('running\n');
    await expect(login({ ...second, knownHosts: first.knownHosts }, 'true')).rejects.toThrow(
      'Host key verification failed',
    );
    expect(await login(second, 'docker version 2>&1 || true')).toContain('not found');

    await first.exec(['systemctl', 'start', 'postgresql@15-main', 'redis-server']);
    const database = `postgres://app:app@${first.inside.ip}/app`;
    const sql = 'create table visits (n int); insert into visits values (7)';
    await login(second, `psql -q ${database} -c '${sql}'`);
    expect(await login(first, `psql -At ${database} -c 'select n from visits'`)).toBe('7\n');
    expect(await login(first, 'redis-cli ping')).toBe('PONG\n');
  }
  const left = await docker(['ps', '--all', '--format', '{{.Names}}']);
  for (const name of names) expect(left).not.toContain(name);
  expect(existsSync(folder)).toBe(false);
}, 60_000);

test('a host with an engine runs Compose projects, which go with it', async () => {
  let project = '';
  {
    await using hosts = await startHosts(1, { engine: true });
    const [host] = hosts.all;
    if (!host) throw new Error('a host was asked for');
    project = host.container;
    await writeFile(
      join(host.folder, 'compose.yaml'),
      `services:
  database:
    image: slipway-postgres
    volumes: [data:/var/lib/postgresql, ./seed.sql:/seed.sql:ro]
  web:
    image: slipway-nginx
    ports: ["127.0.0.1::80"]
    volumes: [./site.conf:/etc/nginx/conf.d/site.conf:ro]
    depends_on: { database: { condition: service_healthy }, cache: { condition: service_healthy } }
  cache:
    image: slipway-redis
volumes:
  data:
`,
    );
    await writeFile(join(host.folder, 'seed.sql'), 'select 40 + 2');
    await writeFile(join(host.folder, 'site.conf'), 'server { listen 80; return 200 "up\\n"; }');
    const compose = `cd ${host.folder} && docker compose -p ${project}`;
    await login(host, `${compose} up -d --quiet-pull 2>&1`);
    expect(await login(host, `curl -s "$(${compose} port web 80)"`)).toBe('up\n');
    expect(await login(host, `${compose} exec -T database psql -At -f /seed.sql`)).toBe('42\n');
  }
  const ours = ['--quiet', '--filter', `label=com.docker.compose.project=${project}`];
  expect(await docker(['ps', '--all', ...ours])).toBe('');
  expect(await docker(['volume', 'ls', ...ours])).toBe('');
  expect(await docker(['network', 'ls', ...ours])).toBe('');
}, 60_000);

test('light hosts have keys of their own, and files of their own at the same path', async () => {
  await using many = await manySshd(3);
  for (const host of many.all) {
    const { knownHosts, privateKey } = many;
    await login({ ...host, knownHosts, privateKey }, `echo ${host.port} > ${many.path}/port`);
  }
  for (const host of many.all) expect(existsSync(join(host.folder, 'port'))).toBe(true);
  expect(existsSync(join(many.path, 'port'))).toBe(false);
  const keys = many.all.map(({ knownHosts }) => knownHosts.split(' ').at(-1));
  expect(new Set(keys).size).toBe(3);
}, 30_000);

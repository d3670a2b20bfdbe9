import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, test } from '@jest/globals';
import { app, copyStack } from './stack.ts';

interface Service {
  image: string;
  user?: string;
  environment?: Record<string, string | null>;
  ports?: { host_ip?: string; target: number; published: string }[];
  healthcheck?: { disable?: boolean };
  mem_limit?: string;
  pids_limit?: number;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  depends_on?: Record<string, { required: boolean }>;
  profiles?: string[];
  stop_grace_period?: string;
}

/** What Compose makes of the file with these settings and no others. */
function config(settings: Record<string, string> = {}, profile = '*'): Record<string, Service> {
  const args = ['compose', '--env-file', '/dev/null', '--file', join(app, 'compose.yaml')];
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], IMAGE: 'app', ...settings };
  const text = execFileSync(
    'docker',
    [...args, ...(profile ? ['--profile', profile] : []), 'config', '--format', 'json'],
    { encoding: 'utf8', env },
  );
  const { services }: { services: Record<string, Service> } = JSON.parse(text);
  return services;
}

const names = [
  ...['web', 'migrate', 'postgres', 'redis', 'prometheus', 'alertmanager', 'alert-receiver'],
  ...['grafana', 'nginx'],
] as const;
const ofApp = ['web', 'migrate', 'alert-receiver'];

describe('the stack', () => {
  let services: Record<string, Service>;
  beforeAll(() => {
    services = config();
  });

  it('has these services', () => {
    expect(Object.keys(services).sort()).toEqual([...names].sort());
  });

  it.each(names)('%s is confined, limited and checked', (name) => {
    const service = services[name];
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      pids_limit: expect.any(Number),
      mem_limit: expect.stringMatching(/^\d+$/),
    });
    // `migrate` runs once, and ends.
    expect(service?.healthcheck).toBeDefined();
    expect(service?.healthcheck?.disable === true).toBe(name === 'migrate');
    // The image of the app names its user by number itself.
    expect(ofApp.includes(name) ? 'app' : service?.user).toMatch(/^(?!root|0(?::|$))./);
  });

  it.each(names)('%s is an image by version and digest', (name) => {
    const pinned = /^[\w./-]+:v?\d+(?:\.\d+)+[\w.-]*@sha256:[0-9a-f]{64}$/;
    expect(services[name]?.image).toMatch(ofApp.includes(name) ? /^app$/ : pinned);
  });

  it('has no default password', () => {
    const secrets = Object.values(services).flatMap(({ environment }) =>
      Object.entries(environment ?? {}).filter(([key]) => /PASSWORD|AUTH$|TOKEN|_URL$/.test(key)),
    );
    const set = secrets.filter(([key, value]) => value && key !== 'GF_SERVER_ROOT_URL');
    expect(set).toEqual([]);
    expect(secrets.map(([key]) => key)).toEqual(
      expect.arrayContaining(['POSTGRES_PASSWORD', 'REDISCLI_AUTH', 'GF_SECURITY_ADMIN_PASSWORD']),
    );
  });

  it('listens on loopback alone', () => {
    expect(addresses(services)).toEqual({
      web: ['127.0.0.1:8080'],
      nginx: ['127.0.0.1:8081', '127.0.0.1:8443'],
      prometheus: ['127.0.0.1:9090'],
      alertmanager: ['127.0.0.1:9093'],
      grafana: ['127.0.0.1:3000'],
    });
  });

  it('leaves loopback by BIND and PROXY_BIND, but never with what has no login', () => {
    const open = addresses(config({ BIND: '0.0.0.0', PROXY_BIND: '0.0.0.0' }));
    expect(open).toEqual({
      web: ['0.0.0.0:8080'],
      nginx: ['0.0.0.0:8081', '0.0.0.0:8443'],
      prometheus: ['127.0.0.1:9090'],
      alertmanager: ['127.0.0.1:9093'],
      grafana: ['127.0.0.1:3000'],
    });
  });
});

test('the app alone needs no other image and no setting but IMAGE', () => {
  const alone = config({}, '');
  expect(Object.keys(alone)).toEqual(['web']);
  const { depends_on = {} } = alone['web'] ?? {};
  expect(Object.values(depends_on).filter(({ required }) => required)).toEqual([]);
});

test('the windows of the alerts are those of production, unless seconds are asked for', () => {
  const commands = (settings: Record<string, string>) => {
    const text = JSON.stringify(config(settings));
    return [...text.matchAll(/--config\.file=([^"]+)/g)].map(([, file]) => file).sort();
  };
  expect(commands({})).toEqual([
    '/etc/alertmanager/alertmanager.yml',
    '/etc/prometheus/prometheus.yml',
  ]);
  expect(commands({ DEMO_ALERTS: 'yes' })).toEqual([
    '/etc/alertmanager/alertmanager.demo.yml',
    '/etc/prometheus/prometheus.demo.yml',
  ]);
});

function addresses(services: Record<string, Service>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(services)
      .filter(([, { ports }]) => ports !== undefined)
      .map(([name, { ports = [] }]) => [
        name,
        ports.map(({ host_ip, published }) => `${host_ip ?? '0.0.0.0'}:${published}`),
      ]),
  );
}

it('is not there yet: make backup says how to start it, and leaves nothing', async () => {
  await using stack = await copyStack();
  const backup = await stack.make('backup');
  expect(backup.code).not.toBe(0);
  expect(backup.stderr).toMatch(
    /^backup: nothing was written: Postgres does not run; .* make up\n/,
  );
  expect(existsSync(join(stack.folder, 'backups'))).toBe(false);
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from './host.ts';

const app = join(import.meta.dirname, '../../../../example-django');

/**
 * Puts all on a host that its administrator sets up once for example-django, for a deployment to
 * `/srv/example-django`: systemd units, the rule by which `deploy` may restart the app, and the nginx
 * site. They wait for the first release. Postgres and Redis run, and `app` may make databases there,
 * as Django's tests do.
 */
export async function prepareForDjango(host: Host): Promise<void> {
  const files = {
    'systemd/example-django.service': '/etc/systemd/system/',
    'systemd/example-django.socket': '/etc/systemd/system/',
    'systemd/example-django.sudoers': '/etc/sudoers.d/example-django',
    'nginx/example-django.conf': '/etc/nginx/sites-enabled/',
  };
  for (const [from, to] of Object.entries(files)) {
    const path = to.endsWith('/') ? to + from.slice(from.indexOf('/') + 1) : to;
    await host.exec(['tee', path], { input: await readFile(join(app, from)) });
  }
  await host.exec(['chmod', '440', '/etc/sudoers.d/example-django']);
  await host.exec(['visudo', '--check', '--quiet']);
  await host.exec(['install', '-d', '-o', 'deploy', '-g', 'deploy', '/srv/example-django']);
  await host.exec(['systemctl', 'start', 'postgresql@15-main', 'redis-server']);
  await host.exec(['psql', '-q', '-c', 'alter role app createdb'], { user: 'postgres' });
  await host.exec(['systemctl', 'daemon-reload']);
  await host.exec(['systemctl', 'enable', '--quiet', 'example-django.service']);
  await host.exec(['systemctl', 'enable', '--quiet', '--now', 'example-django.socket']);
  await host.exec(['nginx', '-t', '-q']);
  await host.exec(['systemctl', 'reload', 'nginx']);
}

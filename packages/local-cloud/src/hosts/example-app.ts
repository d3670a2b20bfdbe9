import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from './host.ts';

const app = join(import.meta.dirname, '../../../../example-app');

/** The ports of the app's two instances on a host. */
export type Instances = readonly [first: number, second: number];

/** Copies the app into a folder as it runs in production: sources and what they load. */
export async function copyExampleApp(to: string): Promise<void> {
  const lock: { packages: Record<string, { dev?: true }> } = JSON.parse(
    await readFile(join(app, 'package-lock.json'), 'utf8'),
  );
  const wanted = Object.entries(lock.packages).flatMap(([path, { dev }]) =>
    path === '' || dev ? [] : [path],
  );
  await mkdir(to, { recursive: true });
  for (const path of ['package.json', 'migrations', 'src', ...wanted]) {
    const filter = (name: string) => !/\.(?:md|d\.[cm]?ts|map)$|\/(?:LICENSE|\.\w+)$/i.test(name);
    await cp(join(app, path), join(to, path), { recursive: true, filter });
  }
}

/** Puts the app's nginx site on a host: it leads from `inside.web` to these two ports. */
export async function installSite(host: Host, instances: Instances = [3001, 3002]): Promise<void> {
  const [site, upstream] = await Promise.all(
    ['example-app.conf', 'upstream.conf'].map((name) => readFile(join(app, 'nginx', name), 'utf8')),
  );
  if (site === undefined || upstream === undefined) throw new Error('nginx needs both files');
  const listen = host.inside.web === 80 ? '80' : `127.0.0.1:${host.inside.web}`;
  await write(host, '/etc/nginx/conf.d/example-app.conf', withPorts(upstream, instances));
  await write(
    host,
    '/etc/nginx/sites-enabled/example-app.conf',
    site.replace('listen 80;', `listen ${listen};`),
  );
  await host.exec(['nginx', '-t', '-q']);
  await host.exec(['systemctl', 'reload', 'nginx']);
}

/**
 * Puts the app's systemd units on a host, and the rule by which `deploy` may reload them. They wait
 * for the first release.
 * @param path folder of the deployment: the units run what `current` in it points to
 */
export async function installUnits(
  host: Host,
  path: string,
  instances: Instances = [3001, 3002],
): Promise<void> {
  for (const name of ['example-app.service', 'example-app@.service']) {
    const unit = await readFile(join(app, 'systemd', name), 'utf8');
    const adapted = withPorts(unit, instances).replaceAll('/srv/example-app/', `${path}/`);
    await write(host, `/etc/systemd/system/${name}`, adapted);
  }
  const rule = '/etc/sudoers.d/example-app';
  await write(host, rule, await readFile(join(app, 'systemd/example-app.sudoers'), 'utf8'));
  await host.exec(['chmod', '440', rule]);
  await host.exec(['visudo', '--check', '--quiet']);
  await host.exec(['systemctl', 'enable', '--quiet', 'example-app']);
}

function withPorts(text: string, [first, second]: Instances): string {
  return text.replaceAll('3001', String(first)).replaceAll('3002', String(second));
}

async function write(host: Host, path: string, text: string): Promise<void> {
  await host.exec(['tee', path], { input: text });
}

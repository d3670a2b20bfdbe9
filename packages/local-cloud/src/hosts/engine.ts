import { realpath } from 'node:fs/promises';
import { find } from '../registry.ts';
import { docker, lines } from './docker.ts';

/**
 * Options of `docker run` that hand this machine's engine to a container: its socket, its command
 * and the Compose plugin. With them comes this machine's network, because a port that a Compose
 * file publishes opens on the loopback of the machine that the engine is on.
 */
export async function engineOptions(): Promise<string[]> {
  const [endpoint, plugin, command] = await Promise.all([
    docker(['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']),
    docker([
      'info',
      '--format',
      '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}',
    ]),
    realpath(find(['docker'])),
  ]);
  const socket = endpoint.trim().replace(/^unix:\/\//, '');
  if (!socket.startsWith('/')) {
    throw new Error(`the engine at ${endpoint.trim()} has no socket on this machine to hand over`);
  }
  const compose = await realpath(plugin.trim());
  const mounts = [
    `${socket}:/var/run/docker.sock`,
    `${command}:/usr/local/bin/docker:ro`,
    `${compose}:/usr/local/lib/docker/cli-plugins/docker-compose:ro`,
  ];
  return ['--network', 'host', ...mounts.flatMap((mount) => ['--volume', mount])];
}

/** Removes the Compose projects of this machine's engine that were started from below a folder. */
export async function removeProjects(folder: string): Promise<void> {
  const label = 'com.docker.compose.project';
  const started = await docker([
    ...['ps', '--all', '--filter', `label=${label}`],
    ...['--format', `{{.Label "${label}"}}\t{{.Label "${label}.working_dir"}}`],
  ]);
  const projects = new Set(
    lines(started)
      .map((line) => line.split('\t'))
      .filter(([, from = '']) => from.startsWith(`${folder}/`))
      .map(([project = '']) => project),
  );
  for (const project of projects) {
    const ours = ['--quiet', '--filter', `label=${label}=${project}`];
    await remove(['ps', '--all', ...ours], ['rm', '--force', '--volumes']);
    await remove(['network', 'ls', ...ours], ['network', 'rm']);
    await remove(['volume', 'ls', ...ours], ['volume', 'rm']);
  }
}

async function remove(list: readonly string[], command: readonly string[]): Promise<void> {
  const found = lines(await docker(list));
  if (found.length > 0) await docker([...command, ...found]);
}

import { docker, lines } from '../../../hosts/docker.ts';
import type { ContainerOrder, GroupOrder } from '../runtime.ts';

/** The project's own base image, which every machine with an engine has once something was built. */
const keeperImage = 'node:24-bookworm-slim';

/** Prefix of the names of a group's containers: they are the group's, and this round's. */
export function prefixOf({ round, uid }: GroupOrder): string {
  return `aci-${uid}-${round}`;
}

/**
 * Starts what holds the network of a group while its containers come and go.
 * @param ports that anything in the group listens on
 * @returns where they are on this machine
 */
export async function startKeeper(
  group: GroupOrder,
  label: string,
  ports: readonly number[],
): Promise<Map<number, number>> {
  const name = `${prefixOf(group)}-network`;
  const published = [...new Set(ports)].flatMap((port) => ['--publish', `127.0.0.1::${port}`]);
  const made = ['--name', name, '--label', label, '--stop-timeout', '0', ...published];
  await docker(['run', '--detach', ...made, '--entrypoint', 'sleep', keeperImage, 'infinity']);
  const format = '{{json .NetworkSettings.Ports}}';
  const said = await docker(['inspect', '--format', format, name]);
  const bound: Record<string, { HostPort: string }[] | null> = JSON.parse(said) ?? {};
  return new Map(
    Object.entries(bound).flatMap(([port, at]) =>
      at?.[0] ? [[Number(port.split('/')[0]), Number(at[0].HostPort)]] : [],
    ),
  );
}

/** Arguments of `docker create`. */
export function createArguments(
  container: ContainerOrder,
  made: { name: string; label: string; mounts: ReadonlyMap<string, string> },
): string[] {
  const { environment, group, image, memory, properties } = container;
  const [program, ...more] = properties.command ?? [];
  const cpu = properties.resources?.limits?.cpu ?? properties.resources?.requests?.cpu;
  const mounts = (properties.volumeMounts ?? []).flatMap(({ mountPath, name, readOnly }) => [
    '--volume',
    `${made.mounts.get(name)}:${mountPath}${readOnly ? ':ro' : ''}`,
  ]);
  return [
    'create',
    ...['--name', made.name, '--label', made.label],
    ...['--network', `container:${prefixOf(group)}-network`],
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(memory === undefined ? [] : ['--memory', `${memory}b`, '--memory-swap', `${memory}b`]),
    ...(cpu === undefined ? [] : ['--cpu-shares', `${Math.max(2, Math.round(cpu * 1_024))}`]),
    ...mounts,
    ...(program === undefined ? [] : ['--entrypoint', program]),
    '--no-healthcheck',
    image,
    ...more,
  ];
}

/** Removes all containers of a group, or those of other rounds than this. */
export async function removeContainers(
  label: string,
  group: GroupOrder,
  keep?: 'this round',
): Promise<void> {
  const ours = prefixOf(group).replace(/\d+$/, '');
  const found = lines(
    await docker(['ps', '-a', '--filter', `label=${label}`, '--format', '{{.Names}}']),
  );
  const old = found.filter(
    (name) => name.startsWith(ours) && !(keep && name.startsWith(`${prefixOf(group)}-`)),
  );
  if (old.length > 0) await docker(['rm', '-f', '-v', ...old]);
}

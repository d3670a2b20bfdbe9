import type { ContainerOrder } from '../ecs/runtime.ts';

/** How a container is made. */
export interface ContainerPlace {
  name: string;
  label: string;
  /** Task definition as it was registered. */
  definition: Readonly<Record<string, unknown>>;
  /** The first container has the network of the task; the others share it. */
  network: { publish: readonly number[] } | { shared: string };
}

/** Arguments of `docker create` for one container of a task. */
export function createArguments(container: ContainerOrder, place: ContainerPlace): string[] {
  const { command, entryPoint = [], environment, healthCheck, image } = container;
  const [program, ...more] = entryPoint;
  const limit = memoryLimit(container, place.definition);
  const publish =
    'publish' in place.network
      ? place.network.publish.flatMap((port) => ['--publish', `127.0.0.1::${port}`])
      : ['--network', `container:${place.network.shared}`];
  return [
    'create',
    ...['--name', place.name, '--label', place.label],
    ...publish,
    ...Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...(limit === undefined ? [] : ['--memory', `${limit}m`, '--memory-swap', `${limit}m`]),
    ...(program === undefined ? [] : ['--entrypoint', program]),
    ...(healthCheck ? healthArguments(healthCheck) : ['--no-healthcheck']),
    image,
    ...more,
    ...(command ?? []),
  ];
}

/** Mebibytes: the container's own hard limit, or else the whole task's. */
function memoryLimit(
  { definition }: ContainerOrder,
  task: Readonly<Record<string, unknown>>,
): number | undefined {
  const limit = Number(definition['memory'] ?? task['memory']);
  return Number.isFinite(limit) && limit > 0 ? limit : undefined;
}

function healthArguments(check: NonNullable<ContainerOrder['healthCheck']>): string[] {
  const [form, ...words] = check.command;
  // Docker's option is a line of a shell; ECS has a form without one as well.
  const line = form === 'CMD' ? words.map(quoted).join(' ') : words.join(' ');
  return [
    ...['--health-cmd', line],
    ...['--health-interval', `${check.interval}ms`],
    ...['--health-timeout', `${check.timeout}ms`],
    ...['--health-retries', `${check.retries}`],
    ...['--health-start-period', `${check.startPeriod}ms`],
  ];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

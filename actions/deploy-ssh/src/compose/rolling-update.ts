import {
  type ComposeProject,
  type ComposeService,
  countOf,
  delayOf,
  inOrder,
  startsFirst,
  wantedPorts,
} from './services.ts';
import { type Container, heldPorts, serviceOf } from './state.ts';

/** What is there before a switch. */
export interface Look {
  /** The release that is switched to. */
  project: ComposeProject;
  /** `<service> <hash of its configuration>;` for each service, from `docker compose config --hash`. */
  hashes: string;
  containers: readonly Container[];
}

/** One thing to do; the service has to be ready before the next one. */
export interface Stage {
  service: string;
  /** Ids of containers to stop and remove first. */
  remove: readonly string[];
  /** Arguments for Compose afterwards; undefined for none. */
  compose: string | undefined;
  /** Milliseconds to wait once it is ready. */
  delay: number;
}

/** A switch, service by service. */
export interface RollingUpdate {
  stages: readonly Stage[];
  /** Ids of the containers that are to be replaced. */
  stale: ReadonlySet<string>;
}

/**
 * How to replace the containers of a project so that a proxy always finds one that answers: a
 * container goes only when those before it in the rolling update are ready. Compose itself would first stop
 * all containers of a service and of those beside it, and then start the new ones.
 *
 * - a service of one container is left to Compose, which keeps its name and anonymous volumes
 * - the containers of a scaled service go one after the other; their numbers are not used again
 * - with `deploy.update_config.order: start-first` the new ones are started beside the old ones
 *
 * Which containers are stale is what Compose goes by, the hash of their service's configuration.
 * Source: docker/compose, pkg/compose/convergence.go; compose-spec, deploy.md, update_config
 * @returns undefined where everything may be brought up at once: because no container that runs is
 *   replaced or only one that is alone, or because services exchange ports or names
 */
export function rollingUpdateOf({ project, hashes, containers }: Look): RollingUpdate | undefined {
  const wanted = new Map(
    hashes.split(';').map((line): [string, string] => {
      const [service = '', hash = ''] = line.split(' ');
      return [service, hash];
    }),
  );
  const isStale = (container: Container) =>
    container.Config.Labels?.['com.docker.compose.config-hash'] !==
    wanted.get(serviceOf(container));
  const services = inOrder(project);
  const of = (name: string) => containers.filter((container) => serviceOf(container) === name);
  const stale = services.flatMap(([name]) => of(name)).filter(isStale);
  const serving = stale.filter(({ State }) => State.Status === 'running');
  const neverAtOnce = services.some(
    ([name, service]) =>
      of(name).some((container) => serving.includes(container)) &&
      (countOf(service) > 1 || startsFirst(service)),
  );
  if ((serving.length < 2 && !neverAtOnce) || exchanges(project, containers)) return undefined;

  const stages: Stage[] = [];
  const replaced = new Set<string>();
  for (const [name, service] of services) {
    const own = of(name);
    const made = stagesOf(name, service, own, isStale);
    stages.push(...made);
    if (own.some(isStale)) replaced.add(name);
    // What Compose does where it replaces a service together with those that depend on it.
    else if (made.length === 0 && restartsWith(service, replaced)) {
      stages.push({ service: name, remove: [], compose: `restart --no-deps ${name}`, delay: 0 });
    }
  }
  return { stages, stale: new Set(stale.map(({ Id }) => Id)) };
}

function stagesOf(
  name: string,
  service: ComposeService,
  own: readonly Container[],
  isStale: (container: Container) => boolean,
): Stage[] {
  const count = countOf(service);
  const up = (flags: string) => `up -d --no-build --no-deps${flags} ${name}`;
  const stage = (compose: string | undefined, remove: readonly string[] = []): Stage => ({
    service: name,
    remove,
    compose,
    delay: delayOf(service),
  });
  if (count === 0) return [];
  // What serves nobody goes first.
  const stale = own.filter(isStale).sort((one, other) => usefulness(one) - usefulness(other));
  const ids = stale.map(({ Id }) => Id);
  const add = up(' --no-recreate');
  if (ids.length === 0) {
    const whole = own.length >= count && own.every(({ State }) => State.Status === 'running');
    return whole ? [] : [stage(add)];
  }
  if (startsFirst(service)) {
    const all = own.length + Math.max(0, count - (own.length - ids.length));
    return [stage(up(` --no-recreate --scale ${name}=${all}`)), stage(undefined, ids)];
  }
  if (count === 1 && own.length === 1) return [stage(up(''))];
  return [...(own.length < count ? [stage(add)] : []), ...ids.map((id) => stage(add, [id]))];
}

function usefulness({ State }: Container): number {
  if (State.Status !== 'running') return 0;
  return State.Health && State.Health.Status !== 'healthy' ? 1 : 2;
}

function restartsWith({ depends_on }: ComposeService, replaced: ReadonlySet<string>): boolean {
  return Object.entries(depends_on ?? {}).some(
    ([needed, { restart }]) => restart === true && replaced.has(needed),
  );
}

// Then somebody has to go before the other one can come, which only Compose does for all at once.
function exchanges({ services }: ComposeProject, containers: readonly Container[]): boolean {
  return Object.entries(services).some(([name, service]) => {
    const others = containers.filter((container) => serviceOf(container) !== name);
    const ports = wantedPorts(service);
    return others.some(
      (other) =>
        other.Name === `/${service.container_name}` ||
        heldPorts(other).some((port) => ports.includes(port)),
    );
  });
}

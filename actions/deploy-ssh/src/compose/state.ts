import type { RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';

/** The part of `docker inspect` that tells how a container is doing. */
export interface Container {
  Id: string;
  Name: string;
  /** Id of its image. */
  Image?: string;
  /** When it was made, by the host's clock. */
  Created?: string;
  RestartCount: number;
  /** Exit code of the last time that it ended, where the engine still knows; see {@link readLook}. */
  LastExit?: number;
  Config: {
    Image: string;
    Labels: Record<string, string> | null;
    /** `NONE` switches it off; the start period in nanoseconds. */
    Healthcheck?: { Test?: string[] | null; StartPeriod?: number } | null;
  };
  HostConfig: {
    RestartPolicy: { Name: string };
    PortBindings: Record<string, unknown> | null;
  };
  State: {
    Status: string;
    ExitCode: number;
    OOMKilled: boolean;
    Error: string;
    /** When it ended the last time, by the host's clock. */
    FinishedAt?: string;
    Health?: { Status: string; Log: Array<{ ExitCode: number; Output: string }> | null } | null;
  };
  NetworkSettings: {
    Ports: Record<string, Array<{ HostIp: string; HostPort: string }> | null> | null;
  };
}

/** Restarts after which a container counts as crashing; one or two are normal while it waits for others. */
const mostRestarts = 3;

/** Judges the containers of a project after `compose up`. */
export function judge(containers: readonly Container[]): RolloutState {
  if (containers.length === 0) return { state: 'progress', text: 'no container yet' };
  for (const container of containers) {
    const failure = failureOf(container);
    if (failure) return { state: 'failed', failure };
  }
  const waiting = containers.filter((container) => !isReady(container));
  if (waiting.length === 0) return { state: 'settled' };
  return { state: 'progress', text: waiting.map(describe).join(', ') };
}

/**
 * The containers as this deployment is to be judged by them: without those that it has not touched and
 * that were ill before, and with only the restarts since then. What runs the image always counts.
 * @param before the containers at the plan
 */
export function sincePlan(
  containers: readonly Container[],
  before: readonly Container[],
  image: string,
): Container[] {
  const known = new Map(before.map((container) => [container.Id, container]));
  return containers.flatMap((container) => {
    const then = known.get(container.Id);
    if (!then || container.Config.Image === image) return [container];
    if (judge([then]).state !== 'settled') return [];
    // The engine counts anew when somebody starts it.
    const since = container.RestartCount - then.RestartCount;
    return [{ ...container, RestartCount: since < 0 ? container.RestartCount : since }];
  });
}

/** {@link judge} for what {@link sincePlan} leaves; where that is nothing, all is as it was. */
export function judgeSince(
  containers: readonly Container[],
  before: readonly Container[],
  image: string,
): RolloutState {
  const counted = sincePlan(containers, before, image);
  return counted.length === 0 && containers.length > 0 ? { state: 'settled' } : judge(counted);
}

/** Reads what `lookScript` printed. */
export function readLook(printed: string): Container[] {
  const start = printed.indexOf('[');
  const exits = new Map(
    [...printed.slice(0, start).matchAll(/^died ([0-9a-f]+) (\d+)$/gm)].map(
      ([, id = '', code]): [string, number] => [id, Number(code)],
    ),
  );
  const containers: Container[] = JSON.parse(printed.slice(start));
  return containers.map((container) => {
    const exit = exits.get(container.Id);
    return exit === undefined ? container : { ...container, LastExit: exit };
  });
}

/** Name of a container's service, or its own name. */
export function serviceOf(container: Container): string {
  return (
    container.Config.Labels?.['com.docker.compose.service'] ?? container.Name.replace(/^\//, '')
  );
}

/** A container in a few words, for the log. */
export function describe(container: Container): string {
  const { Status, Health, ExitCode, OOMKilled } = container.State;
  const exit = Status === 'running' || Status === 'created' ? '' : `, exit code ${ExitCode}`;
  const times = container.RestartCount === 1 ? 'once' : `${container.RestartCount} times`;
  const restarts = container.RestartCount > 0 ? `, restarted ${times}` : '';
  const memory = OOMKilled ? ', out of memory' : '';
  return `${serviceOf(container)}: ${Status}${Health ? `, ${Health.Status}` : ''}${exit}${memory}${restarts}`;
}

/** A port of the host that leads to a container. */
export interface PublishedPort {
  address: string;
  port: number;
}

/** TCP ports that a container publishes on its host. */
export function publishedPorts(container: Container): PublishedPort[] {
  return Object.entries(container.NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) =>
    key.endsWith('/tcp')
      ? (bindings ?? []).map(({ HostIp, HostPort }) => ({
          address: HostIp,
          port: Number(HostPort),
        }))
      : [],
  );
}

/** Whether a container publishes ports while it runs. */
export function publishes({ HostConfig }: Container): boolean {
  return Object.keys(HostConfig.PortBindings ?? {}).length > 0;
}

/** Ports of the host that a container has, `3000/tcp`. */
export function heldPorts(container: Container): string[] {
  return Object.entries(container.NetworkSettings.Ports ?? {}).flatMap(([key, bindings]) =>
    (bindings ?? []).map(({ HostPort }) => `${HostPort}/${key.split('/')[1] ?? 'tcp'}`),
  );
}

function isReady({ State, HostConfig }: Container): boolean {
  if (State.Status === 'exited') return State.ExitCode === 0 && !restarts(HostConfig);
  return State.Status === 'running' && (!State.Health || State.Health.Status === 'healthy');
}

function failureOf(container: Container): Failure | undefined {
  const { State, HostConfig, RestartCount } = container;
  const what = `Container ${serviceOf(container)}`;
  const oneShot = State.ExitCode === 0 && !restarts(HostConfig);
  if (State.Status === 'dead' || (State.Status === 'exited' && !oneShot)) {
    return Failure.of('deploy/exited', { what, why: whyItEnded(container) });
  }
  if (RestartCount >= mostRestarts && !isStarting(container)) {
    const why = `it was restarted ${RestartCount} times, ${whyItEnded(container)}`;
    return Failure.of('deploy/exited', { what, why });
  }
  // The engine also calls a container unhealthy that is down and about to be started again.
  if (State.Status === 'running' && State.Health?.Status === 'unhealthy') {
    const last = State.Health.Log?.at(-1);
    const said = last?.Output.trim() || 'it printed nothing';
    return Failure.of('deploy/unhealthy', {
      what,
      why: `exit code ${last?.ExitCode ?? '?'}, ${said}`,
    });
  }
  return undefined;
}

// An app may exit until its database is up; the start period of its health check allows that. A
// container that will be started again has the status `restarting`, one that has ended has `exited`.
function isStarting({ Created, Config, State }: Container): boolean {
  const { Test, StartPeriod = 0 } = Config.Healthcheck ?? {};
  if (Test?.[0] === 'NONE') return false;
  const endedAfter = Date.parse(State.FinishedAt ?? '') - Date.parse(Created ?? '');
  return endedAfter <= StartPeriod / 1_000_000;
}

function whyItEnded({ State, LastExit }: Container): string {
  if (State.OOMKilled) return 'it ran out of memory';
  // A container that was started again no longer shows its last exit code.
  if (State.Status === 'running') {
    const exit = LastExit === undefined ? '' : `exit code ${LastExit} the last time, `;
    return `${exit}and runs for the moment`;
  }
  return State.Error
    ? `exit code ${State.ExitCode}, ${State.Error}`
    : `exit code ${State.ExitCode}`;
}

function restarts({ RestartPolicy }: Container['HostConfig']): boolean {
  return RestartPolicy.Name === 'always' || RestartPolicy.Name === 'unless-stopped';
}

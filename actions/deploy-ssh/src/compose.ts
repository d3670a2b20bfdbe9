import type {
  Direction,
  Evidence,
  PlanFacts,
  ProofOfLife,
  Sighting,
  Target,
} from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { askOverHttp, type Expectation, type Proof, prove } from '@slipway/shared/probe/probe';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import {
  type Container,
  describe,
  judge,
  type PublishedPort,
  publishedPorts,
  serviceOf,
} from './compose-state.ts';
import type { Host } from './connection.ts';
import { holdLock } from './lock.ts';
import {
  discardScript,
  envFile,
  type HostState,
  provenScript,
  type Release,
  readState,
  sha256,
  stateScript,
  switchScript,
  writeScript,
} from './releases.ts';
import { type Ended, mustSucceed } from './remote-script.ts';
import { quote } from './shell.ts';
import { askThroughTunnel } from './tunnel.ts';

/** A deployment by Docker Compose on one host. */
export interface ComposeSettings {
  path: string;
  release: Release;
  /** For `docker pull` on the host; in memory and in the script's stream only. */
  pull: { registry: string; username: string; password: string } | undefined;
  health: { url: URL } | { path: string } | undefined;
  expected: Expectation;
  keep: number;
  /** Milliseconds. */
  timeout: number;
  lock: { owner: string; wait: number };
}

/** Capabilities, and a way to talk. */
export interface ComposeTools {
  host: Host;
  clock: Clock;
  fetch: typeof fetch;
  /** Platforms of the image, `linux/amd64`; undefined when they could not be read. */
  platforms: readonly string[];
  say(line: string): void;
  quote(line: string): void;
}

/** A plan that knows the release to go back to. */
export interface Plan extends PlanFacts {
  back: string | undefined;
}

/** What was switched to. */
export interface Change {
  /** Id of the release that was switched to; undefined when the project was taken down. */
  release: string | undefined;
  image: string;
}

/** Deploys a release by Docker Compose; knows the platform, not the order of things. */
export function composeTarget(
  settings: ComposeSettings,
  tools: ComposeTools,
): Target<Plan, Change> {
  const { path, release } = settings;
  const { host, clock } = tools;
  const project = projectName(path);

  const run = async (what: string, body: string, signal: AbortSignal): Promise<Ended> =>
    mustSucceed(await host.run(what, body, signal, tools.quote), what, host.address);

  const compose = (id: string, command: string) => `cd -- ${quote(path)}
set -a; . ${quote(`./releases/${id}/env`)}; set +a
docker compose --ansi never --progress quiet -p ${project} --project-directory . -f ${quote(`releases/${id}/compose.yaml`)} ${command}`;

  const containers = async (signal: AbortSignal): Promise<Container[]> => {
    const what = 'looking at the containers';
    const { stdout } = await run(
      what,
      `ids=$(docker ps -aq --no-trunc --filter label=com.docker.compose.project=${project} --filter label=com.docker.compose.oneoff=False)
[ -z "$ids" ] && { echo '[]'; exit 0; }
docker inspect $ids`,
      signal,
    );
    return JSON.parse(stdout);
  };

  const bringUp = async (id: string, signal: AbortSignal) => {
    await run(
      'docker compose up',
      `${switchScript(path, id)}\n${compose(id, 'up -d --no-build --remove-orphans')}`,
      signal,
    );
  };

  return {
    name: `${host.address.user}@${host.address.host}:${path}`,

    hold: (signal) =>
      holdLock(
        host,
        { path, ...settings.lock, life: settings.timeout * 2 + 120_000, clock, say: tools.say },
        signal,
      ),

    async plan(signal) {
      const { stdout } = await run('reading the host', stateScript(path), signal);
      const state = readState(stdout);
      if ('missing' in state) {
        throw Failure.of('ssh/tools', { host: host.address.host, missing: state.missing });
      }
      checkPlatform(release.image, tools.platforms, state.platform);
      return {
        image: release.image,
        previousImage: state.proven?.image,
        diff: differences(state, release),
        wayBack: state.proven ? 'previous' : 'remove',
        back: state.proven?.id,
      };
    },

    async apply(_plan, signal) {
      await run('writing the release', writeScript(path, release), signal);
      await run('checking the Compose file', compose(release.id, 'config --quiet'), signal);
      await run('docker pull', pullScript(release.image, settings.pull), signal);
      await bringUp(release.id, signal);
      return { release: release.id, image: release.image };
    },

    async *watch(change, signal): AsyncGenerator<Sighting> {
      if (change.release === undefined) return yield { state: 'settled' };
      for (;;) {
        const sighting = judge(await containers(signal));
        yield sighting;
        if (sighting.state !== 'progress') return;
        await clock.sleep(500, signal);
      }
    },

    async prove(change, direction, signal): Promise<ProofOfLife> {
      if (change.release === undefined) return { url: '', how: 'by looking: nothing of it runs' };
      const ours = async () =>
        (await containers(signal)).filter(({ Config }) => Config.Image === change.image);
      if ((await ours()).length === 0) {
        const what = 'The Compose file';
        throw Failure.of('deploy/exited', { what, why: `no container runs ${change.image}` });
      }
      return proveAt(settings, tools, ours, direction, signal);
    },

    async diagnose(_plan, signal): Promise<Evidence> {
      const found = await containers(signal);
      const bad = found.filter((container) => judge([container]).state !== 'settled');
      const ours = found.filter(({ Config }) => Config.Image === release.image);
      const logs = await Promise.all(
        (bad.length > 0 ? bad : ours).map(async (container) => ({
          source: serviceOf(container),
          lines: await lastLines(host, container, signal),
        })),
      );
      return { facts: found.map(describe), logs };
    },

    async rollback(plan, signal) {
      if (plan.back !== undefined) {
        await bringUp(plan.back, signal);
        return { release: plan.back, image: plan.previousImage ?? '' };
      }
      await run('docker compose down', downScript(path, project), signal);
      return { release: undefined, image: '' };
    },

    async finish(_plan, proven, signal) {
      const body = proven
        ? provenScript(path, release.id, settings.keep)
        : discardScript(path, release.id);
      await run('tidying up', body, signal);
    },
  };
}

/** Compose's rule for project names: lower case, digits, dashes, underscores. */
export function projectName(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return (
    last
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z0-9]+/, '') || 'app'
  );
}

function checkPlatform(image: string, has: readonly string[], wanted: string): void {
  const matches = has.some((platform) => platform === wanted || platform.startsWith(`${wanted}/`));
  if (has.length === 0 || wanted === '' || matches) return;
  throw Failure.of('image/platform', { image, wanted, has: has.join(', ') });
}

function differences({ proven, current }: HostState, release: Release): PlanFacts['diff'] {
  const changed = (before: string | undefined, after: string) =>
    before === undefined ? '' : before === after ? undefined : 'changed';
  const compose = changed(proven?.composeHash, sha256(release.composeFile));
  const env = changed(proven?.envHash, sha256(envFile(release)));
  return [
    ...(proven?.image === release.image
      ? []
      : [{ what: 'image', before: proven?.image ?? '', after: release.image }]),
    ...(compose === 'changed' ? [{ what: 'Compose file', before: '', after: compose }] : []),
    ...(env === 'changed' && proven?.image === release.image
      ? [{ what: 'environment', before: '', after: env }]
      : []),
    ...(proven && current !== proven.id
      ? [{ what: 'current release', before: current, after: release.id }]
      : []),
  ];
}

function pullScript(image: string, pull: ComposeSettings['pull']): string {
  const get = `docker image inspect ${quote(image)} >/dev/null 2>&1 || docker pull --quiet ${quote(image)} >/dev/null`;
  if (!pull) return get;
  const { username, password, registry } = pull;
  return `umask 077
DOCKER_CONFIG=$(mktemp -d)
export DOCKER_CONFIG
trap 'rm -rf "$DOCKER_CONFIG"' EXIT
printf '%s' ${quote(password)} | docker login --username ${quote(username)} --password-stdin ${quote(registry)} >/dev/null 2>&1 || { echo 'the registry refused the credentials' >&2; exit 1; }
${get}`;
}

function downScript(path: string, project: string): string {
  return `cd -- ${quote(path)}
ids=$(docker ps -aq --filter label=com.docker.compose.project=${project})
[ -z "$ids" ] || docker rm -f $ids >/dev/null
networks=$(docker network ls -q --filter label=com.docker.compose.project=${project})
[ -z "$networks" ] || docker network rm $networks >/dev/null
rm -f current`;
}

async function lastLines(host: Host, container: Container, signal: AbortSignal): Promise<string[]> {
  const name = quote(container.Name.replace(/^\//, ''));
  const { stdout } = await host.run('docker logs', `docker logs --tail 30 ${name} 2>&1`, signal);
  return stdout.trimEnd().split(/\r?\n/);
}

async function proveAt(
  { health, expected }: ComposeSettings,
  { host, clock, fetch }: ComposeTools,
  ours: () => Promise<Container[]>,
  direction: Direction,
  signal: AbortSignal,
): Promise<ProofOfLife> {
  if (!health) {
    return { url: '', how: 'by the state of its containers only (no health-url, no health-path)' };
  }
  // The text names the new version, so the old one cannot show it; its image is known by digest.
  const wanted = direction === 'forward' ? expected : { status: expected.status };
  if ('url' in health) {
    const ask = askOverHttp(health.url, fetch);
    const proof = await prove(health.url.href, ask, wanted, clock, signal);
    return { url: health.url.origin, how: said(health.url.href, proof) };
  }
  // A container that is being restarted publishes nothing for that moment.
  let port: PublishedPort | undefined;
  const address = () =>
    `http://127.0.0.1:${port?.port ?? '?'}${health.path} on ${host.address.host}`;
  const proof = await prove(
    `${health.path} on ${host.address.host}`,
    async (within) => {
      port ??= (await ours()).flatMap(publishedPorts)[0];
      if (!port) throw new Error('the container publishes no port');
      return askThroughTunnel(host, port.port, health.path)(within);
    },
    wanted,
    clock,
    signal,
  );
  const name = port?.address === '127.0.0.1' ? '127.0.0.1' : host.address.host;
  return { url: `http://${name}:${port?.port ?? ''}`, how: said(address(), proof) };
}

function said(address: string, { status, ms, looks }: Proof): string {
  return `by ${address} answering ${status} after ${formatDuration(ms)} (look ${looks})`;
}

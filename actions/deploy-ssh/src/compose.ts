import type { Evidence, ProofOfLife, Sighting, Target } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import type { Expectation } from '@slipway/shared/probe/probe';
import type { Clock } from '@slipway/shared/time/clock';
import {
  alone,
  checkScript,
  composeScript,
  configScript,
  downScript,
  inspectScript,
  mendScript,
  pullScript,
  readCheck,
} from './compose-scripts.ts';
import { type Container, describe, judge, serviceOf } from './compose-state.ts';
import type { Host } from './connection.ts';
import { siteName } from './host.ts';
import { inputFailure } from './input-failure.ts';
import { holdLock } from './lock.ts';
import { projectName } from './project.ts';
import { proveOnHost } from './proof.ts';
import {
  differences,
  discardScript,
  provenScript,
  type Release,
  readState,
  stateScript,
  switchScript,
  writeScript,
} from './releases.ts';
import { type Ended, lastLinesOf, mustSucceed } from './remote-script.ts';
import { quote } from './shell.ts';
import type { SitePlan } from './verdict.ts';

/** A deployment by Docker Compose on one host. */
export interface ComposeSettings {
  path: string;
  /** Name of the Compose file, for messages. */
  source: string;
  release: Release;
  /** Names the release; asked under the lock, so that names follow the order of the deployments. */
  nameRelease(): string;
  /** For `docker pull` on the host; in memory and in the script's stream only. */
  pull: { registry: string; username: string; password: string } | undefined;
  /** Path that is asked on the host; undefined when its containers alone speak for it. */
  healthPath: string | undefined;
  expected: Expectation;
  keep: number;
  /** Milliseconds. */
  timeout: number;
  lock: { owner: string; wait: number };
  /** Aborts when the run is cancelled: then the way back hurries. */
  cancelled: AbortSignal;
}

/** Capabilities, and a way to talk. */
export interface ComposeTools {
  host: Host;
  clock: Clock;
  /** Platforms of the image, `linux/amd64`; undefined when they could not be read. */
  platforms: readonly string[];
  say(line: string): void;
  quote(line: string): void;
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
): Target<SitePlan, Change> {
  const { path, release } = settings;
  const { host, clock } = tools;

  const run = async (what: string, body: string, signal: AbortSignal): Promise<Ended> =>
    mustSucceed(await host.run(what, body, signal, tools.quote), what, host.address);

  const again = async (what: string, body: string, signal: AbortSignal): Promise<Ended> => {
    try {
      return await run(what, body, signal);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'ssh/lost') throw error;
      tools.say(`${error.message} Connecting once more.`);
      return run(what, body, signal);
    }
  };

  const containers = async (signal: AbortSignal): Promise<Container[]> =>
    JSON.parse((await again('looking at the containers', inspectScript(path), signal)).stdout);

  const bringUp = async (id: string, flags: string, signal: AbortSignal) => {
    const up = composeScript(path, id, `up -d --no-build --remove-orphans${flags}`);
    const body = alone(path, [mendScript(path), switchScript(id), up].join('\n'));
    const ended = await host.run('docker compose up', body, signal, tools.quote);
    if (ended.code !== 0 && /dependency|didn't complete/.test(ended.stderr)) {
      // Compose only says that a service did not get ready; its container says why.
      const sighting = judge(await containers(signal));
      if (sighting.state === 'failed') throw sighting.failure;
    }
    mustSucceed(ended, 'docker compose up', host.address);
  };

  return {
    name: `${siteName(host.address)}:${path}`,

    async check(signal) {
      const { unwritable, missing, platform, taken } = readCheck(
        (await run('checking the host', checkScript(path), signal)).stdout,
      );
      const { host: name, user } = host.address;
      if (unwritable) throw Failure.of('ssh/path', { host: name, path, user, said: unwritable });
      if (missing) throw Failure.of('ssh/tools', { host: name, missing });
      if (taken) {
        const project = projectName(path);
        throw Failure.of('ssh/project', { host: name, project, path, folder: taken });
      }
      checkPlatform(release.image, tools.platforms, platform);
      const script = configScript(path, release);
      const ended = await host.run('checking the Compose file', script, signal);
      if (ended.code !== 0) {
        throw inputFailure(
          'source',
          `names ${settings.source}, which Docker Compose on ${name} refuses: ${lastLinesOf(ended)}`,
          'a file that `docker compose config` accepts',
        );
      }
    },

    hold: (signal) =>
      holdLock(
        host,
        { path, ...settings.lock, life: settings.timeout * 3 + 120_000, clock, say: tools.say },
        signal,
      ),

    async plan(signal) {
      const state = readState((await again('reading the host', stateScript(path), signal)).stdout);
      return {
        image: release.image,
        previousImage: state.proven?.image,
        diff: differences(state, release),
        wayBack: state.proven ? 'previous' : 'remove',
        // Named under the lock, so that names follow the order of the deployments.
        release: settings.nameRelease(),
        back: state.proven?.id,
      };
    },

    async prepare({ release: id }, signal) {
      await run('writing the release', alone(path, writeScript(id, release)), signal);
      tools.say(`docker pull ${release.image}`);
      await run('docker pull', alone(path, pullScript(release.image, settings.pull)), signal);
    },

    async apply({ release: id }, signal) {
      tools.say(`docker compose up, release ${id}`);
      await bringUp(id, '', signal);
      return { release: id, image: release.image };
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
        throw Failure.of('deploy/unused', { image: change.image, source: settings.source });
      }
      const proofTools = { host, clock, ours };
      return proveOnHost(settings.healthPath, settings.expected, proofTools, direction, signal);
    },

    async diagnose(_plan, signal): Promise<Evidence> {
      const found = await containers(signal);
      const bad = found.filter((container) => judge([container]).state !== 'settled');
      const ours = found.filter(({ Config }) => Config.Image === release.image);
      const logs = await Promise.all(
        (bad.length > 0 ? bad : ours).map(async (container) => ({
          source: serviceOf(container),
          lines: await lastLogLines(host, container, signal),
        })),
      );
      return { facts: found.map(describe), logs };
    },

    async rollback(plan, signal) {
      if (plan.back !== undefined) {
        // What was never proven need not stop in peace when the runner is about to kill us.
        const hurry = settings.cancelled.aborted ? ' --timeout 2' : '';
        await bringUp(plan.back, hurry, signal);
        return { release: plan.back, image: plan.previousImage ?? '' };
      }
      await run('docker compose down', alone(path, downScript(path)), signal);
      return { release: undefined, image: '' };
    },

    async finish({ release: id }, proven, signal) {
      const body = proven ? provenScript(id, settings.keep) : discardScript(id);
      await again('tidying up', alone(path, body), signal);
    },
  };
}

function checkPlatform(image: string, has: readonly string[], wanted: string): void {
  const matches = has.some((platform) => platform === wanted || platform.startsWith(`${wanted}/`));
  if (has.length === 0 || wanted === '' || matches) return;
  throw Failure.of('image/platform', { image, wanted, has: has.join(', ') });
}

async function lastLogLines(
  host: Host,
  container: Container,
  signal: AbortSignal,
): Promise<string[]> {
  const name = quote(container.Name.replace(/^\//, ''));
  const { stdout } = await host.run('docker logs', `docker logs --tail 30 ${name} 2>&1`, signal);
  return stdout.trimEnd().split(/\r?\n/);
}

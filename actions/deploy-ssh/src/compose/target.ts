import type { Health } from '@slipway/shared/deploy/health';
import type { Evidence, Proof, RolloutState } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { checkPlatform, type ResolvedImage } from '@slipway/shared/image/resolve-image';
import type { Clock } from '@slipway/shared/time/clock';
import { poll } from '@slipway/shared/time/poll';
import { mustBeLink, putLinkBackScript } from '../host/current-link.ts';
import { hostPace, hostShell } from '../host/host-shell.ts';
import { releaseToRollBackTo } from '../host/kept-releases.ts';
import { type LockTerms, siteLock } from '../host/lock/lock.ts';
import type { ReleaseId } from '../host/release-id.ts';
import { restartScript, type StepPlace, type UserSteps } from '../host/steps.ts';
import { unitLogs } from '../host/unit-logs.ts';
import type { HostTarget } from '../hosts-target.ts';
import { inputFailure } from '../input-failure.ts';
import { hostName } from '../ssh/address.ts';
import type { Host } from '../ssh/host.ts';
import { lastLinesOf } from '../ssh/script/remote-script.ts';
import type { Adopted, HostPlan } from '../verdict.ts';
import {
  type FoundProject,
  foreignOnes,
  foundScript,
  putBackScript,
  readFound,
} from './adopted.ts';
import { diagnoseContainers } from './diagnosis.ts';
import { projectName } from './project-name.ts';
import { proveOnHost } from './proof.ts';
import {
  type ComposeRelease,
  differences,
  discardScript,
  keptReleases,
  keptReleasesScript,
  provenScript,
  readState,
  stateScript,
  writeScript,
} from './releases.ts';
import {
  checkScript,
  configScript,
  endStepsScript,
  lookScript,
  pullScript,
  readCheck,
  restartService,
  stepLink,
  stepVariables,
} from './scripts.ts';
import { type Container, judgeSince, publishes, readLook, sincePlan } from './state.ts';
import { staysUp } from './stays-up.ts';
import { bringUp } from './up.ts';

/** A deployment by Docker Compose on one host. */
export interface ComposeSettings {
  path: string;
  /** Name of the Compose file, for messages. */
  source: string;
  /** What a new release is made of; undefined when a rollback by hand starts an old one. */
  release: ComposeRelease | undefined;
  /** The release of a rollback by hand, or `previous`; undefined for a new release. */
  rollbackTo: ReleaseId | 'previous' | undefined;
  /** Names the release; asked under the lock, so that names follow the order of the deployments. */
  nameRelease(): ReleaseId;
  /** For `docker pull` on the host; in memory and in the script's stream only. */
  pull: { username: string; password: string } | undefined;
  /** Path that is asked on the host; undefined when an address or its containers speak for it. */
  healthPath: string | undefined;
  /** Whether an address is asked once all hosts are switched. */
  askedTogether: boolean;
  health: Health;
  keep: number;
  steps: UserSteps;
  commit: string;
  lock: LockTerms;
}

/** What the deployment on a host works with. */
export interface ComposeTools {
  host: Host;
  clock: Clock;
  /** The image of a new release, with its platforms; undefined when a rollback by hand starts an old one. */
  image: ResolvedImage | undefined;
  say(line: string): void;
  quote(line: string): void;
}

/** What was switched to. */
export interface ComposeChange {
  /** Id of the release that was switched to; undefined when what was there before is restored. */
  release: ReleaseId | undefined;
  /** Whether that is something that serves. */
  adopted?: boolean;
  image: string;
  /** It was made in a hurry: the runner is about to kill the job. */
  hurry: boolean;
}

/** Deploys a release by Docker Compose; knows the platform, not the order of things. */
export function composeTarget(
  settings: ComposeSettings,
  tools: ComposeTools,
): Omit<HostTarget<ComposeChange>, 'close'> {
  const { path, release, steps } = settings;
  const { host, clock } = tools;
  const lock = siteLock(host, { path, ...settings.lock, clock, say: tools.say });
  const { run, again, change, alone, step } = hostShell(path, lock, tools);

  const containers = async (signal: AbortSignal): Promise<Container[]> =>
    readLook((await again('looking at the containers', lookScript(path), signal)).stdout);

  // The containers at the plan: one that was ill before is no failure of this deployment.
  let before: readonly Container[] = [];
  let deployed = '';
  const judged = async (signal: AbortSignal): Promise<RolloutState> =>
    judgeSince(await containers(signal), before, deployed);

  const placeOf = (id: ReleaseId): StepPlace => ({
    path,
    id,
    folder: '.',
    envFile: `releases/${id}/env`,
    variables: [...stepVariables(path), ['SLIPWAY_COMMIT', settings.commit]],
    begin: stepLink(id),
  });

  // A step finds the containers ready, not just started.
  const stepWhenReady = async (what: string, text: string, id: ReleaseId, signal: AbortSignal) => {
    if (text.trim() === '') return;
    await poll(
      clock,
      signal,
      async () => {
        const seen = await judged(signal);
        if (seen.state === 'failed') throw seen.failure;
        return seen.state === 'settled' || undefined;
      },
      hostPace,
    );
    await step(what, text, placeOf(id), signal);
  };

  let switchedAt = 0;
  const switchTo = async (id: ReleaseId, hurry: boolean, signal: AbortSignal) => {
    switchedAt = clock.now();
    await bringUp(id, hurry, { ...tools, path, alone, containers, judged }, signal);
    const restart = restartScript(steps.restart, restartService);
    await stepWhenReady('restart', restart, id, signal);
  };

  // Until our first release is proven, what is there belongs to somebody else.
  const findProject = async (
    there: readonly Container[],
    signal: AbortSignal,
  ): Promise<FoundProject> => {
    const foreign = foreignOnes(there);
    const script = foundScript(path, release, foreign);
    const { stdout } = await again('reading the project', script, signal);
    return readFound(stdout, foreign, path, host.address);
  };

  const putBack = ({ link, project }: Adopted): string =>
    `${project ? putBackScript(path, project) : ''}\n${putLinkBackScript(link)}`;

  return {
    name: `${hostName(host.address)}:${path}`,
    pace: hostPace,

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
      if (!release) return;
      if (tools.image) checkPlatform(tools.image, platform);
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

    lock: lock.acquire,
    tryLock: lock.tryAcquire,

    async plan(signal) {
      const state = readState((await again('reading the host', stateScript(path), signal)).stdout);
      mustBeLink(state.link, path, host.address);
      before = await containers(signal);
      const project = state.proven ? undefined : await findProject(before, signal);
      const facts = {
        previousImage: state.proven?.image,
        serves: state.proven || project?.replaced ? 'previous' : 'nothing',
        rollback: { to: state.proven || project?.replaced ? 'previous' : 'nothing' },
        steps: [{ name: 'docker compose up' }],
        previousRelease: state.proven?.id,
        ...(project && { adopted: { link: state.link, project } }),
      } as const;
      if (release) {
        deployed = release.image;
        const diff = differences(state, release);
        // Named under the lock, so that names follow the order of the deployments.
        return { ...facts, image: release.image, diff, release: settings.nameRelease() };
      }
      const { rollbackTo = 'previous' } = settings;
      const { stdout } = await again('reading the releases', keptReleasesScript(path), signal);
      const kept = keptReleases(stdout);
      const chosen = releaseToRollBackTo(rollbackTo, state.current, kept, host.address);
      const { id, image } = chosen;
      deployed = image;
      const change = { what: 'release', before: state.proven?.id ?? '', after: id };
      return { ...facts, image, diff: id === state.proven?.id ? [] : [change], release: id };
    },

    async prepare({ release: id, image }, signal) {
      if (release) await change('writing the release', writeScript(id, release), signal);
      tools.say(`docker pull ${image}`);
      await change('docker pull', pullScript(image, settings.pull), signal);
      await step('before', steps.before, placeOf(id), signal);
    },

    ...(steps.migrate.trim() !== '' && {
      migrate: ({ release: id }: HostPlan, signal: AbortSignal) =>
        step('migrate', steps.migrate, placeOf(id), signal),
    }),

    async apply({ release: id, image }, _step, signal) {
      tools.say(`docker compose up, release ${id}`);
      await switchTo(id, false, signal);
      await stepWhenReady('after', steps.after, id, signal);
      return { release: id, image, hurry: false };
    },

    async look({ release: id, adopted }, signal): Promise<RolloutState> {
      return id === undefined && !adopted ? { state: 'settled' } : judged(signal);
    },

    async prove(change, direction, signal): Promise<Proof> {
      if (change.release === undefined && !change.adopted) {
        return { url: '', how: 'by looking: nothing of it runs' };
      }
      const asked = async () => {
        const found = await containers(signal);
        if (change.adopted) return found;
        const ours = found.filter(({ Config }) => Config.Image === change.image);
        if (ours.length === 0) {
          throw Failure.of('deploy/unused', { image: change.image, source: settings.source });
        }
        // Where the app itself publishes no port, a proxy in front of it may.
        return ours.some(publishes) ? ours : found;
      };
      await asked();
      if (settings.healthPath !== undefined) {
        const proofTools = { host, health: settings.health, containers: asked };
        return proveOnHost(settings.healthPath, proofTools, direction, signal);
      }
      const counted = async () => sincePlan(await containers(signal), before, change.image);
      // In a hurry there is no time to watch them.
      if (settings.askedTogether || change.hurry) {
        return { url: '', how: 'by the state of its containers' };
      }
      return { url: '', how: await staysUp(counted, clock, signal) };
    },

    async diagnose({ image }, phase, signal): Promise<Evidence> {
      // Before the switch only a script can have failed, and its failure has its last lines already.
      if (phase !== 'rollout') return { facts: [], logs: [] };
      const found = await containers(signal);
      const judged = sincePlan(found, before, image);
      const told = await diagnoseContainers(host, { found, judged, image }, signal);
      const units = await unitLogs(host, steps.restart, clock.now() - switchedAt, signal);
      return { facts: [...told.facts, ...units.facts], logs: [...told.logs, ...units.logs] };
    },

    async rollback(plan, { hurry }, signal) {
      deployed = plan.previousImage ?? '';
      if (plan.previousRelease !== undefined) {
        // The new version was never proven: in a hurry it is stopped without waiting long.
        await switchTo(plan.previousRelease, hurry, signal);
        return { release: plan.previousRelease, image: plan.previousImage ?? '', hurry };
      }
      const { adopted } = plan;
      if (adopted) await change('putting back what was there', putBack(adopted), signal);
      const serves = adopted?.project?.replaced !== undefined;
      return { release: undefined, image: '', adopted: serves, hurry };
    },

    async cleanUp({ release: id, adopted }, ending, signal) {
      const body =
        ending === 'proven'
          ? provenScript(id, settings.keep)
          : [
              endStepsScript(path),
              // A step may have brought services up before anything was switched.
              adopted ? putBack(adopted) : '',
              release ? discardScript(id) : '',
            ].join('\n');
      await again('tidying up', alone(body), signal);
    },
  };
}

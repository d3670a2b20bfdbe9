import type { Health } from '@slipway/shared/deploy/health';
import type { Evidence, Proof, RolloutState } from '@slipway/shared/deploy/target';
import type { Clock } from '@slipway/shared/time/clock';
import {
  type CurrentLink,
  mustBeLink,
  putLinkBackScript,
  switchScript,
} from '../host/current-link.ts';
import { hostPace, hostShell } from '../host/host-shell.ts';
import { readKept, releaseToRollBackTo } from '../host/kept-releases.ts';
import { type LockTerms, siteLock } from '../host/lock/lock.ts';
import { proveThroughHost } from '../host/proof.ts';
import type { ReleaseFiles } from '../host/release-files.ts';
import type { ReleaseId } from '../host/release-id.ts';
import { restartScript, type StepPlace, type UserSteps } from '../host/steps.ts';
import { unitLogs } from '../host/unit-logs.ts';
import { judgeUnits, type Unit, unitStates, unitsStayUp } from '../host/units.ts';
import type { HostTarget } from '../hosts-target.ts';
import { hostName } from '../ssh/address.ts';
import type { Host } from '../ssh/host.ts';
import type { HostPlan } from '../verdict.ts';
import { dressScript, foreignEnvMark } from './dress-script.ts';
import { environmentDigest, newKey } from './environment-digest.ts';
import {
  dropScript,
  keepScript,
  keptTreesScript,
  readTreeState,
  treeStateScript,
} from './scripts.ts';

/** A deployment of files on one host. */
export interface ReleaseSettings {
  path: string;
  /** What a new release is made of; undefined when a rollback by hand starts an old one. */
  files: ReleaseFiles | undefined;
  /** The release of a rollback by hand, or `previous`; undefined for a new release. */
  rollbackTo: ReleaseId | 'previous' | undefined;
  env: ReadonlyMap<string, string>;
  /** Paths below `shared/`; a folder ends in a slash. */
  shared: readonly string[];
  steps: UserSteps;
  /** An address on the host's own loopback; undefined when there is none. */
  healthUrl: URL | undefined;
  health: Health;
  commit: string;
  /** Names the release; asked under the lock. */
  nameRelease(): ReleaseId;
  keep: number;
  lock: LockTerms;
}

/** What the deployment on a host works with. */
export interface ReleaseTools {
  host: Host;
  clock: Clock;
  say(line: string): void;
  quote(line: string): void;
}

/** What `current` was switched to. */
export interface Switch {
  /** Undefined when what was there before is restored. */
  release: ReleaseId | undefined;
  /** Whether that is something that serves. */
  adopted?: boolean;
}

/** Deploys files as releases; knows the host, not the order of things. */
export function releaseTarget(
  settings: ReleaseSettings,
  tools: ReleaseTools,
): Omit<HostTarget<Switch>, 'close'> {
  const { path, files, steps } = settings;
  const { host, clock } = tools;
  // Known once the host was read.
  let key = '';
  const content = () => `${files?.digest} ${environmentDigest(key, settings.env)}`;

  const lock = siteLock(host, { path, ...settings.lock, clock, say: tools.say });
  const { again, change, alone, step } = hostShell(path, lock, tools);

  const placeOf = (id: ReleaseId): StepPlace => ({
    path,
    id,
    folder: `releases/${id}`,
    envFile: `releases/${id}/.env`,
    unlessThere: foreignEnvMark(id),
    variables: [['SLIPWAY_COMMIT', settings.commit]],
  });

  const units = (signal: AbortSignal) => unitStates(host, steps.restart, signal);
  let begun: readonly Unit[] = [];
  let switchedAt = 0;

  const switchTo = async (id: ReleaseId, signal: AbortSignal) => {
    switchedAt = clock.now();
    tools.say(`switch to release ${id}`);
    await change('switching', switchScript(id), signal);
    const place = { ...placeOf(id), folder: 'current' };
    await step('restart', restartScript(steps.restart), place, signal);
    begun = await units(signal);
  };

  // What was there has no release of ours, and so none of its settings.
  const putBack = async (link: CurrentLink, signal: AbortSignal): Promise<Switch> => {
    tools.say(
      link.target === undefined ? 'take current away' : `put current -> ${link.target} back`,
    );
    await change('putting current back', putLinkBackScript(link), signal);
    if (!link.leadsSomewhere) return { release: undefined };
    const variables: StepPlace['variables'] = [];
    const place = { path, id: undefined, folder: 'current', envFile: undefined, variables };
    await step('restart', restartScript(steps.restart), place, signal);
    begun = await units(signal);
    return { release: undefined, adopted: true };
  };

  const oldRelease = async (current: ReleaseId | undefined, signal: AbortSignal) => {
    const { rollbackTo } = settings;
    if (rollbackTo === undefined) return undefined;
    const { stdout } = await again('reading the releases', keptTreesScript(path), signal);
    return releaseToRollBackTo(rollbackTo, current, readKept(stdout), host.address).id;
  };

  return {
    name: `${hostName(host.address)}:${path}`,
    pace: hostPace,

    check: async (signal) => files?.check?.(host, signal),

    lock: lock.acquire,
    tryLock: lock.tryAcquire,

    async plan(signal) {
      const {
        proven,
        current,
        link,
        key: known,
      } = readTreeState((await again('reading the host', treeStateScript(path), signal)).stdout);
      key = known ?? newKey();
      mustBeLink(link, path, host.address);
      // Another tool's release may serve even where ours were proven once.
      const adopts = !proven || (link.target !== undefined && current === undefined);
      const old = await oldRelease(current, signal);
      const same = proven !== undefined && proven.content === content();
      const unchanged = current === proven?.id && (old ? old === current : same);
      return {
        image: '',
        previousImage: undefined,
        diff: unchanged
          ? []
          : [{ what: 'release', before: proven?.id ?? '', after: old ?? 'this one' }],
        serves: !adopts || link.leadsSomewhere ? 'previous' : 'nothing',
        rollback: { to: !adopts || link.leadsSomewhere ? 'previous' : 'nothing' },
        steps: [{ name: 'switch' }],
        release: old ?? settings.nameRelease(),
        previousRelease: adopts ? undefined : proven?.id,
        ...(adopts && { adopted: { link } }),
      };
    },

    async prepare(plan, signal) {
      if (!files) return;
      const { release: id, previousRelease: previous } = plan;
      await files.bring(host, { path, id, previous, signal, say: tools.say });
      const dress = dressScript(plan.release, { ...settings, content: content(), key });
      await change('preparing the release', dress, signal);
      await step('before', steps.before, placeOf(plan.release), signal);
    },

    ...(steps.migrate.trim() !== '' && {
      migrate: ({ release }: HostPlan, signal: AbortSignal) =>
        step('migrate', steps.migrate, placeOf(release), signal),
    }),

    async apply(plan, _step, signal) {
      await switchTo(plan.release, signal);
      await step('after', steps.after, placeOf(plan.release), signal);
      return { release: plan.release };
    },

    // A command of `restart` ends when the service is up, or fails; a unit may end right after it.
    look: async (_change, signal): Promise<RolloutState> => judgeUnits(await units(signal), begun),

    async prove({ release, adopted }, direction, signal): Promise<Proof> {
      if (release === undefined && !adopted) {
        return { url: '', how: 'by looking: nothing of it is current' };
      }
      if (!settings.healthUrl) {
        return { url: '', how: await unitsStayUp(() => units(signal), clock, signal) };
      }
      return proveThroughHost(
        settings.healthUrl,
        { host, health: settings.health },
        direction,
        signal,
      );
    },

    async diagnose(plan, phase, signal): Promise<Evidence> {
      // Before the switch only a script can have failed, whose last words are in its failure.
      if (phase !== 'rollout') return { facts: [], logs: [] };
      const { facts, logs } = await unitLogs(host, steps.restart, clock.now() - switchedAt, signal);
      return { facts: [`release ${plan.release} was switched to`, ...facts], logs };
    },

    async rollback({ previousRelease, adopted }, _how, signal) {
      if (previousRelease === undefined) {
        return adopted ? putBack(adopted.link, signal) : { release: undefined };
      }
      await switchTo(previousRelease, signal);
      return { release: previousRelease };
    },

    async cleanUp({ release }, ending, signal) {
      const proven = ending === 'proven';
      if (!files && !proven) return;
      const body = proven ? keepScript(release, settings.keep) : dropScript(release);
      await again('tidying up', alone(body), signal);
    },
  };
}

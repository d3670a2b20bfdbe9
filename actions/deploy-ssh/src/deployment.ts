import { basename } from 'node:path/posix';
import type { Run } from '@slipway/shared/action/run';
import type { Health } from '@slipway/shared/deploy/health';
import { type DeployOutcome, runDeploy } from '@slipway/shared/deploy/run-deploy';
import { type Clock, systemClock } from '@slipway/shared/time/clock';
import type { LockTerms } from './host/lock/lock.ts';
import { type ReleaseId, releaseId } from './host/release-id.ts';
import { type HostsSettings, type HostTarget, hostsTarget } from './hosts-target.ts';
import type { Keys } from './keys/open-key.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';
import { placeName } from './ssh/address.ts';
import { type Host, openHost } from './ssh/host.ts';
import { openJumps } from './ssh/jumps.ts';
import type { HostVerdict } from './verdict.ts';

/** A deployment that is ready to go. */
export interface Deployment {
  deploy(): Promise<DeployOutcome>;
  verdicts(): HostVerdict[];
  close(): Promise<void>;
}

/** What every mode needs. */
export interface ModeContext {
  settings: Settings;
  run: Run<typeof manifest>;
  clock: Clock;
  health: Health;
  lock: LockTerms;
  env: ReadonlyMap<string, string>;
  /** The commit that is deployed; empty where it is not known. */
  commit: string;
  /** Names the release, the same on all hosts; by the time at which it is first asked for. */
  nameRelease(): ReleaseId;
}

/** A host that can be asked, with the log of its own. */
export interface OpenHost {
  host: Host;
  clock: Clock;
  say(line: string): void;
  quote(line: string): void;
}

/** Gathers what every mode needs. */
export function modeContextOf(settings: Settings, run: Run<typeof manifest>): ModeContext {
  const { runUrl, actor, sha } = run.github;
  const old = settings.release !== undefined;
  const commit = old ? '' : (settings.git?.commit ?? sha);
  let name: ReleaseId | undefined;
  return {
    settings,
    run,
    clock: systemClock,
    health: {
      expected: {
        status: settings['health-status'],
        // `expect` is a text of the new version; an old release does not contain it.
        ...(settings.expect === undefined || old ? {} : { text: settings.expect }),
      },
      threshold: settings['health-threshold'],
      clock: systemClock,
    },
    lock: {
      owner: runUrl ? `${runUrl} (${actor})` : 'a run without an address',
      wait: { left: settings['lock-timeout'] },
    },
    commit,
    env: new Map([...(settings.env ?? []), ...(settings.secrets ?? [])]),
    nameRelease() {
      name ??= releaseId(systemClock.now(), commit);
      return name;
    },
  };
}

/** Opens all hosts as one; none has been asked yet. */
export async function openHosts<Change>(
  { settings, run, clock, commit }: ModeContext,
  keys: Keys,
  proveTogether: HostsSettings['proveTogether'],
  targetOn: (tools: OpenHost) => Omit<HostTarget<Change>, 'close'>,
): Promise<Deployment> {
  const { info, quote } = run.commands;
  const pins = settings['known-hosts'] ?? [];
  const jumps = await openJumps(settings.jump ?? [], { key: keys.jump, pins });
  const hosts = settings.hosts.map(async (address) => {
    const host = await openHost(address, { key: keys.host, pins }, jumps);
    const name = settings.hosts.length > 1 ? `${placeName(address)} ` : '';
    const own = targetOn({
      host,
      clock,
      say: (line) => info(name + line),
      quote: (line) => quote(name + line),
    });
    return { ...own, close: host.close };
  });
  const service = basename(settings.path);
  const target = hostsTarget(await Promise.all(hosts), {
    maxParallel: settings['max-parallel'],
    proveTogether,
    say: info,
  });
  return {
    deploy: () => runDeploy(target, settings, { ...run, service: () => service, commit }),
    verdicts: target.verdicts,
    async close() {
      await target.close();
      await jumps.close();
    },
  };
}

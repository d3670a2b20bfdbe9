import { exitMeaning } from '@slipway/shared/deploy/exit-meaning';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { hasEnded, isPlatformExit, type WatchedContainer } from './group-state-container.ts';
import type { ContainerRun } from './group-view.ts';
import { timeOf } from './group-view-events.ts';
import type { Trouble } from './trouble.ts';

const enoughExits = 2;
/** Where an exit may still be one of the version before. */
const enoughExitsInDoubt = 3;

/** A container that ended though it should run, or with an error. */
export function exitTrouble(
  container: WatchedContainer,
  restartPolicy: string,
): Trouble | undefined {
  const { detail, doubtful, exits, name, state } = container;
  const looping = !doubtful && state !== 'Running' && isLooping(container);
  const last = container.lastExit ?? platformExit(container, restartPolicy);
  if (exits === 0 && !looping && !last) return undefined;
  const why = last ? endOf(last) : oneLine(detail) || 'without a word of Azure on why';
  const count = exits > 1 ? `${exits} times` : 'once';
  const final = last?.exitCode === 126 || last?.exitCode === 127 || /exec format/i.test(detail);
  const stays = restartPolicy === 'Never' && hasEnded(container) && !container.done;
  return {
    failure: failureOf(container, { count, last, stays, why }),
    decisive:
      exits >= (doubtful ? enoughExitsInDoubt : enoughExits) ||
      looping ||
      (!doubtful && (final || (stays && container.isNew !== false))),
    container: name,
  };
}

interface Ended {
  readonly count: string;
  readonly last: ContainerRun | undefined;
  readonly stays: boolean;
  readonly why: string;
}

function failureOf(container: WatchedContainer, { count, last, stays, why }: Ended): Failure {
  const { name } = container;
  if (last && isForMemory(last, container)) {
    return Failure.of('aci/out-of-memory', { container: name, count, why });
  }
  const remedy = isPlatformExit(last?.exitCode)
    ? 'Run the job again.'
    : 'The last log lines usually say why the app gave up; they are in the job summary.';
  return stays
    ? Failure.of('aci/exit', { container: name, why, remedy })
    : Failure.of('aci/crash-loop', { container: name, count, why, remedy });
}

/** The end of a run as a clause: `with code 1 (the app ended itself with an error)`. */
export function endOf({ detail, exitCode }: ContainerRun): string {
  const word = /^(?:Error|Completed)?$/i.test(detail) ? '' : `; Azure: ${oneLine(detail)}`;
  if (exitCode === undefined) return `with a code that Azure does not say${word}`;
  const meaning = isPlatformExit(exitCode)
    ? 'Azure ended it to maintain its machines'
    : exitMeaning(exitCode, detail);
  return `with code ${exitCode} (${meaning})${word}`;
}

// Azure starts it again, unless it must not.
function platformExit(container: WatchedContainer, policy: string): ContainerRun | undefined {
  return policy === 'Never' && isPlatformExit(container.exitCode) ? container : undefined;
}

function isLooping({ detail, events }: WatchedContainer): boolean {
  if (/CrashLoopBackOff/i.test(detail)) return true;
  return events.some(
    ({ message, name }) => name === 'BackOff' && /restarting failed/i.test(message),
  );
}

// SIGKILL comes from Azure too, which then says that it kills.
function isForMemory(run: ContainerRun, { events }: WatchedContainer): boolean {
  const { detail, exitCode, startTime = Number.NEGATIVE_INFINITY } = run;
  if (/OutOfMemory|OOM(?:Kill|\b)/i.test(detail)) return true;
  if (events.some(({ name }) => /^OOMKill/i.test(name))) return true;
  const killed = events.some((event) => event.name === 'Killing' && timeOf(event) >= startTime);
  return exitCode === 137 && !killed;
}

/** A container that Azure ended because of its liveness probe. */
export function probeTrouble(container: WatchedContainer): Trouble | undefined {
  const { doubtful, events, exits, lastExit, name } = container;
  const failed = events.find(({ message }) => /liveness probe failed/i.test(message));
  const killed = events.find(
    (event) => event.name === 'Killing' && /liveness|probe|unhealthy/i.test(event.message),
  );
  const ended = lastExit?.exitCode === 137 || lastExit?.exitCode === 143;
  if (!killed && !(failed && ended)) return undefined;
  const said = oneLine((failed ?? killed)?.message ?? '');
  return {
    failure: Failure.of('aci/probe', { container: name, said }),
    decisive: !doubtful || exits >= enoughExitsInDoubt,
    container: name,
  };
}

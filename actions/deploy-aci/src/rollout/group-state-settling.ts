import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { OperationState } from '../api/aci-api.ts';
import type { Before } from './group-state-before.ts';
import type { WatchedContainer } from './group-state-container.ts';
import { Readiness } from './group-state-readiness.ts';
import type { ContainerRun, GroupView } from './group-view.ts';
import type { WatchedGroup } from './troubles.ts';

/** Milliseconds that all containers have to run without a restart. */
const usual = 5_000;
/** After an exit they have to run longer than the time after which they ended, within these bounds. */
const afterExit = { least: 10_000, more: 5_000, most: 60_000 };
/** Azure restarts all containers for each change; one that it does not restart for so long, it has not changed. */
const restarts = 30_000;
/**
 * Azure has no parts of a second: a container that was started so shortly before the change, by a clock
 * that may be another one than ours, may have been restarted within the second that it was started in.
 */
const young = 120_000;
/** As long as that may be what Azure showed before the change. */
const unchangedFor = 3_000;

/** What one look saw. */
export interface Seen {
  readonly watched: WatchedGroup;
  readonly operation: OperationState | undefined;
}

interface Settled {
  clock: Clock;
  before: Before;
  expected: GroupView;
  settle: number | undefined;
}

/** Finds out whether a group is well and stays so. */
export class Settling {
  readonly #of: Settled;
  readonly #readiness: Readiness;
  readonly #start: number;
  #print = '';
  /** Since when all containers run, as they are now. */
  #since = 0;
  /** Since when Azure is done and runs the containers from before. */
  #unchangedSince: number | undefined;
  #moved = false;

  constructor(of: Settled) {
    this.#of = of;
    this.#readiness = new Readiness(of.clock);
    this.#start = of.clock.now();
  }

  /** @returns whether it is well; a failure where Azure left the containers alone */
  see(view: GroupView, { operation, watched }: Seen): boolean | Failure {
    const now = this.#of.clock.now();
    const isDone = view.provisioningState === 'Succeeded';
    this.#moved ||= view.provisioningState !== undefined && !isDone;
    const ready = this.#readiness.see(watched.containers);
    const old = watched.containers.find((one) => this.#isOld(one));
    const print = this.#printOf(watched.containers);
    if (print === undefined || old || !this.#isWhole(watched.containers)) {
      this.#print = '';
      return (isDone && old && this.#unchanged(old)) || false;
    }
    this.#unchangedSince = undefined;
    if (print !== this.#print) {
      this.#print = print;
      this.#since = now;
    }
    const isAccepted =
      isDone || (view.provisioningState === undefined && operation?.state === 'succeeded');
    const { state } = view;
    if (!isAccepted || !(state === undefined || wellStates.has(state)) || !ready) return false;
    return now - this.#since >= this.#needed(watched.containers);
  }

  // One that cannot be told from the one before is taken for new once Azure was seen at work.
  #isOld(container: WatchedContainer): boolean {
    const known = this.#of.before.container(container.name);
    if (container.isNew === undefined) return known !== undefined && !this.#moved;
    if (container.isNew) return false;
    const age = this.#start - (container.startTime ?? 0);
    const isYoung = age < young && container.startTime === known?.startTime;
    const isSeenAtWork = this.#moved || this.#of.clock.now() - this.#start >= unchangedFor;
    return !(isYoung && isSeenAtWork);
  }

  #unchanged({ name, startTime }: WatchedContainer): Failure | undefined {
    const now = this.#of.clock.now();
    this.#unchangedSince ??= now;
    if (now - this.#unchangedSince < restarts) return undefined;
    const time = startTime === undefined ? 'before' : new Date(startTime).toISOString();
    return Failure.of('aci/not-restarted', { container: name, time });
  }

  /** What changes with each restart; undefined while a container neither runs nor is done. */
  #printOf(containers: readonly WatchedContainer[]): string | undefined {
    const prints = containers.map((one) => {
      if (one.done) return 'done';
      const isWell = one.isInit ? one.state === undefined : one.state === 'Running';
      return isWell ? `${one.startTime} ${one.restartCount ?? 0}` : undefined;
    });
    return prints.includes(undefined) ? undefined : prints.join('\n');
  }

  #isWhole(containers: readonly WatchedContainer[]): boolean {
    const names = new Set(containers.map(({ name }) => name));
    return (
      containers.some(({ isInit }) => !isInit) &&
      this.#of.expected.containers.every(({ isInit, name }) => isInit || names.has(name))
    );
  }

  #needed(containers: readonly WatchedContainer[]): number {
    if (containers.every(({ done }) => done)) return 0;
    const { settle = usual } = this.#of;
    const { least, more, most } = afterExit;
    const ends = containers.filter(({ exits }) => exits > 0);
    if (ends.length === 0) return settle;
    const ran = Math.max(...ends.map(({ lastExit }) => (lastExit ? lengthOf(lastExit) : 0)));
    return Math.max(settle, Math.min(most, Math.max(least, ran + more)));
  }
}

const wellStates = new Set(['Running', 'Succeeded']);

function lengthOf({ finishTime, startTime }: ContainerRun): number {
  return finishTime === undefined || startTime === undefined ? 0 : finishTime - startTime;
}

import type { Before } from './group-state-before.ts';
import type { ContainerRun, ContainerView } from './group-view.ts';
import type { GroupEvent } from './group-view-events.ts';

/** A container with what the new version of it has done so far. */
export interface WatchedContainer extends ContainerView {
  /** Of the new version only; newest first. */
  readonly events: readonly GroupEvent[];
  /** Whether what runs now is the new version; undefined where Azure does not say since when. */
  readonly isNew: boolean | undefined;
  /** How often the new version ended though it should run. */
  readonly exits: number;
  readonly lastExit: ContainerRun | undefined;
  /** It has done what it is for, and does not come again. */
  readonly done: boolean;
  /**
   * It was ill before, and nothing shows yet that Azure has begun with the new version: what looks
   * like the new one failing may be the old one.
   */
  readonly doubtful: boolean;
}

/** Azure ended it to maintain its machines. Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq */
export function isPlatformExit(code: number | undefined): boolean {
  return code === 7_147 || code === 7_148;
}

/** Remembers what one container did over many looks. */
export class ContainerMemory {
  readonly #before: Before;
  readonly #name: string;
  readonly #exits = new Map<string, ContainerRun>();
  readonly #platformExits = new Set<string>();
  /** Restarts that are none of the new version's; undefined until that is known. */
  #base: number | undefined;
  #renewed: boolean;

  constructor(before: Before, name: string) {
    this.#before = before;
    this.#name = name;
    const known = before.container(name);
    this.#renewed = !before.wasIll(name);
    if (!known) this.#base = 0;
    else if (before.isKept) this.#base = known.restartCount ?? 0;
  }

  see(container: ContainerView, restartPolicy: string): WatchedContainer {
    const events = this.#before.since(this.#name, container.events);
    if (!this.#renewed && this.#isRenewed(container, events)) this.#renew();
    const isNew = this.#before.isKept || this.#before.isNew(this.#name, container);
    const comesAgain = restartPolicy === 'Always' && !container.isInit;
    for (const run of [container.previous, container]) {
      if (run && hasEnded(run)) this.#sawEnd(run, comesAgain);
    }
    this.#countRestarts(container, isNew);
    const lastExit = [...this.#exits.values()].at(-1);
    return {
      ...container,
      events,
      isNew,
      exits: this.#countExits(container),
      lastExit,
      done: hasEnded(container) && isNew !== false && isFine(container) && !comesAgain,
      doubtful: !this.#renewed,
    };
  }

  // What is the same for both versions is no sign.
  #isRenewed(container: ContainerView, events: readonly GroupEvent[]): boolean {
    const known = this.#before.container(this.#name);
    const { image = '', restartCount } = container;
    if (restartCount !== undefined && restartCount < (known?.restartCount ?? 0)) return true;
    const isOther = image !== '' && image !== known?.image;
    const neverRan = this.#before.neverRan(this.#name);
    return events.some(
      ({ message, name }) =>
        (isOther && message.includes(image)) ||
        (neverRan && (name === 'Created' || name === 'Started')) ||
        (name === 'Killing' && !/probe|unhealthy/i.test(message)),
    );
  }

  // What was counted until then was still the version before.
  #renew(): void {
    this.#renewed = true;
    this.#exits.clear();
    this.#base = undefined;
  }

  #sawEnd(run: ContainerRun, comesAgain: boolean): void {
    if (this.#before.isNew(this.#name, run) !== true) return;
    const key = String(run.finishTime ?? run.startTime ?? run.exitCode ?? '');
    if (isPlatformExit(run.exitCode)) this.#platformExits.add(key);
    else if (comesAgain || !isFine(run)) this.#exits.set(key, run);
  }

  #countRestarts({ restartCount }: ContainerView, isNew: boolean | undefined): void {
    if (restartCount === undefined) return;
    // Azure may count the update itself as a restart, and may count on from the old version.
    if (this.#hasEnds) this.#base ??= Math.max(0, restartCount - 1);
    else if (isNew) this.#base ??= restartCount;
    if (this.#base !== undefined && restartCount < this.#base) this.#base = 0;
  }

  get #hasEnds(): boolean {
    return this.#exits.size + this.#platformExits.size > 0;
  }

  #countExits(container: ContainerView): number {
    const { restartCount = 0 } = container;
    const restarts = this.#base === undefined ? 0 : restartCount - this.#base;
    const ended = hasEnded(container) && !isFine(container) ? 1 : 0;
    const counted = restarts > 0 ? restarts + ended - this.#platformExits.size : 0;
    return Math.max(this.#exits.size, counted);
  }
}

/** Whether a run is over. */
export function hasEnded({ exitCode, finishTime, state }: ContainerRun): boolean {
  if (state !== undefined) return state === 'Terminated';
  return exitCode !== undefined || finishTime !== undefined;
}

function isFine({ detail, exitCode }: ContainerRun): boolean {
  return exitCode === 0 || (exitCode === undefined && /^Completed/i.test(detail));
}

import type { ContainerView, Ended } from '../pods/container-view.ts';
import { type EventView, timesOf } from '../pods/events.ts';

/** A container with what was seen of it so far. */
export interface SeenContainer extends ContainerView {
  /** How often it ended since the rollout began though it should run. */
  readonly exits: number;
  readonly lastEnd: Ended | undefined;
  /** It was ready once; without a readiness probe, it once ran for some time. */
  readonly wasWell: boolean;
  /** It has a readiness probe that says so, or has run for some time. */
  readonly isSteady: boolean;
  /** The rollout had settled with it before. */
  readonly proven: boolean;
  /** A liveness or startup probe ended its last run; the words of Kubernetes for it. */
  readonly killed: string | undefined;
  /** How often its image could not be pulled. */
  readonly pullTries: number;
  /** Why, in the words of the registry where they are known. */
  readonly pullSaid: string;
}

/** So long a container without a readiness probe has to run to count as well, in milliseconds. */
const longEnough = 30_000;
/** What has no readiness probe is ready before it has done anything: so long it is watched, in milliseconds. */
const watchedFor = 5_000;

/** Remembers what one container of one pod did over many looks. */
export class ContainerMemory {
  /** Restarts before the rollout, which are not its. */
  #base: number | undefined;
  readonly #isOld: boolean;
  #wasWell = false;
  #proven = false;
  /** When the run of now began, and when it was first seen. */
  #run: { began: number | undefined; seen: number } = { began: undefined, seen: 0 };
  #waiting = '';
  #pulls = 0;
  #pullSaid = '';

  /** @param isOld whether the pod was there before the rollout began */
  constructor(isOld: boolean) {
    this.#isOld = isOld;
  }

  /**
   * @param events of its pod, newest first
   * @param now by the server's clock
   */
  see(container: ContainerView, events: readonly EventView[], now: number): SeenContainer {
    const { ended, previous, restarts, waiting } = container;
    const isLooping = waiting?.reason === 'CrashLoopBackOff';
    this.#base ??= this.#isOld && !isLooping ? restarts : 0;
    if (isWell(container, now)) this.#wasWell = true;
    this.#seePull(container);
    if (this.#run.began !== container.running) this.#run = { began: container.running, seen: now };
    const own = events.filter(
      (event) => event.container === '' || event.container === container.name,
    );
    const lastEnd = ended ?? previous;
    return {
      ...container,
      exits: exitsOf(container, this.#base),
      lastEnd,
      wasWell: this.#wasWell,
      isSteady: this.#isSteady(container, now),
      proven: this.#proven,
      killed: lastEnd && killedBy(own, container.name, lastEnd),
      pullTries: Math.max(this.#pulls, timesOf(own.filter(isFailedPull))),
      pullSaid: this.#pullSaid || (own.find(isFailedPull)?.message ?? ''),
    };
  }

  /** From now on it has shown that it is well. */
  prove({ restarts }: ContainerView): void {
    this.#proven = true;
    this.#wasWell = true;
    this.#base = restarts;
  }

  #isSteady({ readiness, role, running }: ContainerView, now: number): boolean {
    if (readiness || role === 'init') return true;
    // Clocks of nodes may differ.
    if (running !== undefined && now - running >= longEnough) return true;
    return now - this.#run.seen >= watchedFor;
  }

  #seePull({ waiting }: ContainerView): void {
    const reason = waiting?.reason ?? '';
    const isNew = reason !== this.#waiting;
    this.#waiting = reason;
    if (reason === 'ErrImagePull' && isNew) this.#pulls += 1;
    if (reason === 'ImagePullBackOff') this.#pulls = Math.max(this.#pulls, 1);
    if (reason !== 'ErrImagePull' && reason !== 'ImagePullBackOff') return;
    const said = (waiting?.message ?? '').replace(
      /^Back-off pulling image "[^"]{1,500}"(?:: )?/,
      '',
    );
    // Until 1.32 the message between two tries says nothing but that.
    if (said !== '') this.#pullSaid = said.replace(/^ErrImagePull: /, '');
  }
}

function exitsOf({ ended, restarts, role, waiting }: ContainerView, base: number): number {
  const isDone = role === 'init' && ended?.exitCode === 0;
  const now = (ended && !isDone) || waiting?.reason === 'CrashLoopBackOff' ? 1 : 0;
  return Math.max(0, restarts - base) + now;
}

function isWell(container: ContainerView, now: number): boolean {
  const { ended, previous, readiness, ready, role, running } = container;
  if (readiness || role === 'init') return ready;
  if (running !== undefined && ready && now - running >= longEnough) return true;
  return [ended, previous].some(
    (run) =>
      run?.started !== undefined &&
      run.finished !== undefined &&
      run.finished - run.started >= longEnough,
  );
}

function isFailedPull({ message, reason }: EventView): boolean {
  return reason === 'Failed' && /^Failed to pull image/i.test(message);
}

/** A kubelet says why it ends a container some seconds before the container has ended. */
const before = 120_000;

function killedBy(
  events: readonly EventView[],
  name: string,
  { finished }: Ended,
): string | undefined {
  const killing = events.find(
    ({ container, last, message, reason }) =>
      reason === 'Killing' &&
      (container === name || message.includes(`ontainer ${name} `)) &&
      /liveness|startup probe/i.test(message) &&
      (finished === undefined || (last <= finished + 1_999 && last >= finished - before)),
  );
  if (!killing) return undefined;
  const probe = events.find(
    ({ message, reason }) => reason === 'Unhealthy' && /^(?:Liveness|Startup)/i.test(message),
  );
  return (probe ?? killing).message;
}

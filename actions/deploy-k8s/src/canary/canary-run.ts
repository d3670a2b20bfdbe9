import { atAddress, proveHealth } from '@slipway/shared/deploy/health';
import type { Proof, RolloutState } from '@slipway/shared/deploy/target';
import type { Fetch } from '@slipway/shared/http/fetch';
import type { Clock } from '@slipway/shared/time/clock';
import type { ObjectName } from '../api/kubernetes-api.ts';
import type { RolloutWatch } from '../rollout/rollout-watch.ts';
import type { Follow } from '../rollout/rollouts.ts';
import type { Settings } from '../settings.ts';
import type { Canary } from './canary.ts';

/** What the steps of a canary run on. */
export interface CanaryParts {
  clock: Clock;
  fetch: Fetch;
  settings: Pick<Settings, 'health-status' | 'health-threshold' | 'health-url' | 'traffic-bake'>;
  /** Follows a rollout for as long as the run lasts; the signal is that of its beginning. */
  follow: Follow;
}

/** A share of the traffic, which is watched for a while. */
export interface Share {
  readonly percent: number;
  /** When it was watched for long enough, by the clock of the run. */
  readonly until: number;
}

/** The steps of one canary: it is started, gets a share of the traffic, and is taken away again. */
export class CanaryRun {
  readonly #parts: CanaryParts;
  readonly #canary: Canary;
  #isBegun = false;
  #watch: RolloutWatch | undefined;

  constructor(canary: Canary, parts: CanaryParts) {
    this.#canary = canary;
    this.#parts = parts;
  }

  /** Name of its Deployment. */
  get name(): ObjectName {
    return this.#canary.name;
  }

  /** Of its pods, while there are any of them. */
  get watches(): readonly RolloutWatch[] {
    return this.#watch ? [this.#watch] : [];
  }

  /** Starts the new version beside the old one. */
  async begin(signal: AbortSignal): Promise<RolloutWatch> {
    this.#isBegun = true;
    const written = await this.#canary.begin(signal);
    this.#watch = await this.#parts.follow({ name: this.name, written }, signal);
    return this.#watch;
  }

  /** Gives it a share of the traffic. */
  async shift(percent: number, signal: AbortSignal): Promise<Share> {
    const { clock, settings } = this.#parts;
    await this.#canary.shift(percent, signal);
    return { percent, until: clock.now() + settings['traffic-bake'] };
  }

  async look({ until }: Share, signal: AbortSignal): Promise<RolloutState> {
    const state = this.#watch?.look();
    if (state?.state === 'failed') return state;
    const why = await this.#canary.look(signal);
    if (why !== undefined) return { state: 'progress', text: why };
    if (this.#parts.clock.now() >= until) return { state: 'settled' };
    return { state: 'progress', text: 'Watching the share of the traffic' };
  }

  /** Both versions answer there, so no answer can be asked to show the new one. */
  async prove({ percent }: Share, signal: AbortSignal): Promise<Proof> {
    const { clock, fetch, settings } = this.#parts;
    const { 'health-status': status, 'health-threshold': threshold, 'health-url': url } = settings;
    if (!url)
      return { url: '', how: `by the gateway, which sends ${percent} % to the new version` };
    const at = atAddress(url, fetch);
    return proveHealth(at, { expected: { status }, threshold, clock }, 'forward', signal);
  }

  /** Sends nobody to it any more and takes it away, if it ever was begun. */
  async end(signal: AbortSignal): Promise<void> {
    await this.endWatch();
    if (this.#isBegun) await this.#canary.end(signal);
  }

  async endWatch(): Promise<void> {
    await this.#watch?.[Symbol.asyncDispose]();
    this.#watch = undefined;
  }
}

import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Wire } from '../../model/wire.ts';
import { breakerThreshold } from './breaker.ts';
import type { RolloutHost } from './rollout-host.ts';

/** What can end a deployment: its circuit breaker and its alarms. */
export class Monitors {
  readonly #host: RolloutHost;
  readonly #configuration: Wire<DeploymentConfiguration>;
  /** Failed tasks of the new revision, as the circuit breaker counts them. */
  failureCount = 0;
  tripped = false;
  triggeredAlarms: string[] = [];
  #failedBack = 0;
  /** Alarms that were quiet when it began; only those count. */
  #watched: readonly string[] = [];

  constructor(host: RolloutHost, configuration: Wire<DeploymentConfiguration>) {
    this.#host = host;
    this.#configuration = configuration;
  }

  get threshold(): number {
    return breakerThreshold(this.#configuration.deploymentCircuitBreaker, this.#host.desired);
  }

  begin(): void {
    const alarming = this.#host.alarms();
    const names = this.#configuration.alarms?.alarmNames ?? [];
    this.#watched = names.filter((name) => !alarming.includes(name));
  }

  /** Counts a failed task. Whether that was one too many. */
  trips(direction: 'back' | 'forward'): boolean {
    if (!this.#configuration.deploymentCircuitBreaker?.enable) return false;
    if (direction === 'back') {
      this.#failedBack += 1;
      return this.#failedBack >= this.threshold;
    }
    this.failureCount += 1;
    this.tripped = this.failureCount >= this.threshold;
    return this.tripped;
  }

  /** A task became healthy. */
  recover(direction: 'back' | 'forward'): void {
    if (this.#configuration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
    if (direction === 'back') this.#failedBack = 0;
    else this.failureCount = 0;
  }

  /** Looks at the alarms. Whether one of them rings. */
  rings(): boolean {
    if (!this.#configuration.alarms?.enable) return false;
    this.triggeredAlarms = this.#host.alarms().filter((name) => this.#watched.includes(name));
    return this.triggeredAlarms.length > 0;
  }
}

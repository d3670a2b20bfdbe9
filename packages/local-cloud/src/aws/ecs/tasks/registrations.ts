import type { LoadBalancing, Registration } from '../../elbv2/load-balancing.ts';

/** A place in a target group that the task gets once it runs. */
export interface Port {
  groupArn: string;
  container: string;
  port: number;
}

/** The places of one task in its target groups. */
export class Registrations {
  readonly #balancing: LoadBalancing;
  #all: Registration[] = [];

  constructor(balancing: LoadBalancing) {
    this.#balancing = balancing;
  }

  get all(): readonly Registration[] {
    return this.#all;
  }

  /** Those whose checks say that the task is unhealthy. */
  get refusals(): readonly Registration[] {
    return this.#all.filter(({ state }) => state === 'unhealthy');
  }

  get healthy(): boolean {
    return this.#all.every(({ state }) => state === 'healthy');
  }

  /** @param changed is told of each new result of a check */
  join(
    ports: readonly Port[],
    who: { taskArn: string; address: string },
    changed: () => void,
  ): void {
    this.#all = ports.flatMap((port) => this.#balancing.join({ ...port, ...who }, changed) ?? []);
  }

  /** @param drained is told when the last of them had its time */
  leave(drained: () => void): void {
    const staying = this.#all.filter(({ state }) => state !== 'draining');
    let left = staying.length;
    for (const registration of staying) {
      this.#balancing.leave(registration, () => {
        left -= 1;
        if (left === 0) drained();
      });
    }
  }

  /** The task is gone. */
  forget(): void {
    this.leave(() => {});
    for (const registration of this.#all) this.#balancing.forget(registration);
    this.#all = [];
  }
}

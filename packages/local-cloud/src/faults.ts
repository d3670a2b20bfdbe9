/** A socket of the local cloud. */
export type ServiceName = 'github' | 'issuer' | 'sts' | 'ecr' | 'ecr-public' | 'entra' | 'acr';

/**
 * What happens to one request instead of an answer: this status, a connection reset, or silence
 * until the client gives up.
 */
export type Fault =
  | { status: number; headers?: Readonly<Record<string, string>>; body?: string }
  | 'reset'
  | 'slow';

/** Faults in the order in which they will hit the requests of each service. */
export class Faults {
  readonly #queues = new Map<ServiceName, Fault[]>();
  readonly #waiting = new Map<ServiceName, (() => void)[]>();

  /** Scripts what hits the next requests of a service, one after the other. */
  next(service: ServiceName, ...faults: Fault[]): void {
    this.#queues.set(service, [...this.left(service), ...faults]);
  }

  /** Takes the fault for one request; undefined when it is to be answered. */
  take(service: ServiceName): Fault | undefined {
    const fault = this.#queues.get(service)?.shift();
    if (fault) for (const told of this.#waiting.get(service)?.splice(0) ?? []) told();
    return fault;
  }

  /** Resolves as soon as a request is hit by the next fault of a service. */
  hit(service: ServiceName): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(service, [...(this.#waiting.get(service) ?? []), resolve]);
    });
  }

  /** Faults that hit nothing yet. */
  left(service: ServiceName): readonly Fault[] {
    return this.#queues.get(service) ?? [];
  }
}

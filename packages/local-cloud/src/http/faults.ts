import type { Request } from './exchange.ts';

/**
 * What happens to one request. Instead of being done: this status, a connection reset, or silence
 * until the client gives up. Or it is done, and then its answer is lost with the connection, or
 * comes `delay` milliseconds late.
 */
export type Fault =
  | { status: number; headers?: Readonly<Record<string, string>>; body?: string }
  | 'reset'
  | 'slow'
  | 'lost'
  | { delay: number };

/** Which requests a fault is for. */
export type Picks = (request: Request) => boolean;

interface Scripted {
  fault: Fault;
  picks: Picks;
}

/**
 * Faults in the order in which they will hit the requests of each service. The folder of a vendor
 * names its services.
 */
export class Faults<in Service extends string> {
  readonly #queues = new Map<string, Scripted[]>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Scripts what hits the next requests of a service, one after the other. */
  next(service: Service, ...faults: Fault[]): void {
    this.when(service, () => true, ...faults);
  }

  /** Scripts what hits the next of those requests of a service that are picked. */
  when(service: Service, picks: Picks, ...faults: Fault[]): void {
    const more = faults.map((fault) => ({ fault, picks }));
    this.#queues.set(service, [...this.#queue(service), ...more]);
  }

  /** Takes the fault for one request; undefined when it is to be answered. */
  take(service: Service, request: Request): Fault | undefined {
    const queue = this.#queue(service);
    const first = queue.findIndex(({ picks }) => picks(request));
    if (first < 0) return undefined;
    const [taken] = queue.splice(first, 1);
    for (const told of this.#waiting.get(service)?.splice(0) ?? []) told();
    return taken?.fault;
  }

  /** Resolves as soon as a request is hit by the next fault of a service. */
  hit(service: Service): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(service, [...(this.#waiting.get(service) ?? []), resolve]);
    });
  }

  /** Faults that hit nothing yet. */
  left(service: Service): readonly Fault[] {
    return this.#queue(service).map(({ fault }) => fault);
  }

  #queue(service: Service): Scripted[] {
    return this.#queues.get(service) ?? [];
  }
}

import { randomUUID } from 'node:crypto';
import { type EventBody, wireTime } from './events.ts';

/** Why an operation failed. */
export interface OperationError {
  code: string;
  message: string;
}

/** One long-running operation. */
export class Operation {
  readonly id: string = randomUUID();
  readonly location: string;
  readonly groupId: string;
  readonly #time: () => number;
  readonly #startTime: string;
  #end:
    | { status: 'Succeeded' | 'Failed' | 'Canceled'; error?: OperationError; at: string }
    | undefined;
  /** What the group does, for operations that say it. */
  status: string = 'Pending';

  constructor(group: { id: string; location: string }, time: () => number) {
    this.location = group.location;
    this.groupId = group.id;
    this.#time = time;
    this.#startTime = wireTime(time());
  }

  get over(): boolean {
    return this.#end !== undefined;
  }

  get error(): OperationError | undefined {
    return this.#end?.error;
  }

  /** Ends it; an operation ends once. */
  end(status: 'Succeeded' | 'Failed' | 'Canceled', error?: OperationError): void {
    this.#end ??= { status, at: wireTime(this.#time()), ...(error && { error }) };
  }

  /** As a poll of it is answered. */
  show(events: readonly EventBody[] | undefined): object {
    const end = this.#end;
    return {
      id: this.groupId,
      name: this.id,
      status: end?.status ?? this.status,
      startTime: this.#startTime,
      ...(end && { endTime: end.at }),
      ...(end?.error && { error: end.error }),
      ...(events && { properties: { events } }),
    };
  }
}

import { randomUUID } from 'node:crypto';
import type { Cancel } from '../../timeline.ts';
import type { GroupBody } from './body.ts';
import type { Container, RestartPolicy } from './container.ts';
import { EventLog } from './events.ts';
import type { Foundation } from './foundation.ts';
import { Operation } from './operation.ts';
import { containerOrders, groupOrder } from './order.ts';
import { Round } from './round.ts';

/** Where a group is. */
export interface GroupPlace {
  /** Resource id, in the case in which it was created. */
  id: string;
  name: string;
  resourceGroup: string;
  /** `eastus` */
  location: string;
}

export type ProvisioningState =
  | 'Pending'
  | 'Creating'
  | 'Updating'
  | 'Repairing'
  | 'Unhealthy'
  | 'Succeeded'
  | 'Failed'
  | 'Canceled';

/** One container group: what it is to be, and what is made of it. */
export class ContainerGroup {
  readonly place: GroupPlace;
  readonly events: EventLog;
  /** As it was sent, with everything that is secret. */
  body: GroupBody;
  provisioningState: ProvisioningState = 'Pending';
  operation: Operation | undefined;
  /** Nothing runs, as somebody asked for it. */
  stopped = false;
  /** Until a test lets it go, every change of it is refused. */
  held = false;
  readonly #uid: string = randomUUID();
  readonly #foundation: Foundation;
  #round: Round | undefined;
  #rounds = 0;
  #changeable = 0;
  #cancels: Cancel[] = [];

  constructor(place: GroupPlace, body: GroupBody, foundation: Foundation) {
    this.place = place;
    this.body = body;
    this.#foundation = foundation;
    this.events = new EventLog(() => foundation.timeline.time);
  }

  get containers(): readonly Container[] {
    return this.#round?.main ?? [];
  }

  get initContainers(): readonly Container[] {
    return this.#round?.init ?? [];
  }

  /** Whether it refuses changes for now. */
  get transitioning(): boolean {
    return this.held || this.#foundation.timeline.time < this.#changeable;
  }

  /** Address, once it has one. */
  get address(): string | undefined {
    if (this.stopped || !this.#round?.placed) return undefined;
    return this.#foundation.runtime.addressOf(this.#order());
  }

  /** instanceView.state. */
  get state(): 'Pending' | 'Running' | 'Stopped' | 'Succeeded' | 'Failed' {
    if (this.stopped) return 'Stopped';
    if (this.#round?.brokenInit) return 'Failed';
    const { containers } = this;
    if (containers.length === 0) return 'Pending';
    if (containers.every(({ finished }) => finished)) {
      const good = containers.every(({ state }) => state.exitCode === 0);
      return good ? 'Succeeded' : 'Failed';
    }
    const started = containers.every(({ startedAt }) => startedAt !== undefined);
    return started ? 'Running' : 'Pending';
  }

  /** Makes it what a body says; all containers start anew, whatever has changed. */
  deploy(body: GroupBody): Operation {
    const first = this.#round === undefined;
    this.body = body;
    return this.#run(first ? 'Pending' : 'Updating');
  }

  /** Starts all containers anew. */
  restart(): Operation {
    return this.#run('Updating');
  }

  stop(): void {
    this.#begin();
    this.stopped = true;
    this.provisioningState = 'Succeeded';
    const round = this.#round;
    round?.end(() => {
      for (const { log } of round.main) log.stop();
    });
  }

  /** Everything of it goes. */
  remove(): void {
    this.#begin();
    this.#round?.end(() => undefined);
    this.#foundation.runtime.remove(this.#order());
  }

  #order() {
    const { name } = this.place;
    return groupOrder({ name, uid: this.#uid }, this.body, this.#rounds);
  }

  #begin(): void {
    const { durations, timeline } = this.#foundation;
    for (const cancel of this.#cancels.splice(0)) cancel();
    this.operation?.end('Canceled');
    this.#changeable = timeline.time + durations.transition;
  }

  #run(state: 'Pending' | 'Updating'): Operation {
    this.#begin();
    this.stopped = false;
    this.provisioningState = state;
    const { timeline } = this.#foundation;
    const operation = new Operation(this.place, () => timeline.time);
    this.operation = operation;
    const before = this.#round;
    this.#rounds += 1;
    const order = this.#order();
    const round = new Round(order, containerOrders(order, this.body.properties), {
      foundation: this.#foundation,
      policy: policyOf(this.body),
      events: this.events,
      changed: () => this.#changed(),
    });
    this.#round = round;
    // What ran before ends first: the group has one address, and its ports one listener.
    const begin = () => {
      if (this.#round === round) round.begin();
    };
    if (before) before.end(begin);
    else begin();
    this.#giveUpLater(operation);
    return operation;
  }

  #giveUpLater(operation: Operation): void {
    const { durations, timeline } = this.#foundation;
    const { provisioningTimeoutInSeconds: own } = this.body.properties;
    const wait = own === undefined ? durations.provision : own * durations.second;
    this.#cancels.push(
      timeline.after(wait, () =>
        this.#fail(
          operation,
          `Subscription deployment didn't become successful in '${clockTime(wait)}'.`,
        ),
      ),
    );
  }

  #fail(operation: Operation, why: string): void {
    if (operation.over) return;
    this.provisioningState = 'Failed';
    const all = [
      this.events,
      ...this.initContainers.map(eventsOf),
      ...this.containers.map(eventsOf),
    ];
    const messages = all.flatMap((log) => log.list().map(({ message }) => message));
    const refer =
      "The container group provisioning has failed. Refer to 'DeploymentFailedReason' event for more details.";
    operation.end('Failed', { code: 'Failed', message: [refer, why, ...messages].join(';') });
  }

  #changed(): void {
    const { operation } = this;
    const round = this.#round;
    if (!operation || operation.over || !round) return;
    if (round.placed && this.provisioningState === 'Pending') this.provisioningState = 'Creating';
    operation.status = this.provisioningState;
    const { brokenInit } = round;
    if (brokenInit) {
      const { exitCode } = brokenInit.state;
      const why = `Init container '${brokenInit.order.name}' ended with exit code ${exitCode}.`;
      this.#fail(operation, why);
      return;
    }
    const { durations, timeline } = this.#foundation;
    const left = round.main.map(({ finished, startedAt, state }) => {
      if (finished) return 0;
      if (state.state !== 'Running' || startedAt === undefined) return Number.POSITIVE_INFINITY;
      return startedAt + durations.settle - timeline.time;
    });
    const wait = Math.max(0, ...left);
    if (wait === 0) {
      this.provisioningState = 'Succeeded';
      operation.end('Succeeded');
    } else if (Number.isFinite(wait)) {
      this.#cancels.push(timeline.after(wait, () => this.#changed()));
    }
  }
}

function eventsOf({ events }: Container): EventLog {
  return events;
}

/** Restart policy of a group; the service's default is Always. */
export function policyOf({ properties: { restartPolicy } }: GroupBody): RestartPolicy {
  return restartPolicy === 'Never' || restartPolicy === 'OnFailure' ? restartPolicy : 'Always';
}

/** `00:30:00` */
function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

import { randomUUID } from 'node:crypto';
import type { Cancel } from '../../timeline.ts';
import type { GroupBody } from './body.ts';
import type { Container, RestartPolicy } from './container.ts';
import { EventLog } from './events.ts';
import type { Foundation } from './foundation.ts';
import { Operation, type OperationError } from './operation.ts';
import { containerOrders, groupOrder } from './order.ts';
import { lateDeployment, provisioningFailure } from './provisioning-failure.ts';
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
  | 'Canceled'
  | 'Deleting';

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
  /** It has been given its place, which it keeps until it is stopped. */
  #placed = false;
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
    if (this.stopped || !this.#placed) return undefined;
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
    this.#placed = false;
    this.provisioningState = 'Succeeded';
    const round = this.#round;
    round?.end(() => {
      for (const { log } of round.main) log.stop();
    });
  }

  /**
   * Ends what goes on with an error; one that ACI finds out only after it took the request. As in Azure,
   * the containers go on trying.
   */
  fail(error: OperationError): void {
    if (!this.operation || this.operation.over) return;
    this.provisioningState = 'Failed';
    this.operation.end('Failed', error);
  }

  /** Everything of it goes after a while. */
  removeLater(remove: () => void): Operation {
    this.#begin();
    this.provisioningState = 'Deleting';
    const { durations, timeline } = this.#foundation;
    const operation = new Operation(this.place, () => timeline.time);
    this.operation = operation;
    this.#round?.end(() => undefined);
    this.#cancels.push(
      timeline.after(durations.place, () => {
        operation.end('Succeeded');
        remove();
      }),
    );
    return operation;
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
    this.#giveUpLater();
    return operation;
  }

  #giveUpLater(): void {
    const { durations, timeline } = this.#foundation;
    const { provisioningTimeoutInSeconds: own } = this.body.properties;
    const wait = own === undefined ? durations.provision : own * durations.second;
    this.#cancels.push(timeline.after(wait, () => this.#giveUp(lateDeployment(wait))));
  }

  #giveUp(why: string): void {
    const containers = [...this.initContainers, ...this.containers];
    const logs = [this.events, ...containers.map(({ events }) => events)];
    this.fail(provisioningFailure(why, logs));
  }

  #changed(): void {
    const { operation } = this;
    const round = this.#round;
    if (round?.placed) this.#placed = true;
    if (!operation || operation.over || !round) return;
    if (round.placed && this.provisioningState === 'Pending') this.provisioningState = 'Creating';
    operation.status = this.provisioningState;
    const { brokenInit } = round;
    if (brokenInit) {
      const { exitCode } = brokenInit.state;
      const why = `Init container '${brokenInit.order.name}' ended with exit code ${exitCode}.`;
      this.#giveUp(why);
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

/** Restart policy of a group; the service's default is Always. */
export function policyOf({ properties: { restartPolicy } }: GroupBody): RestartPolicy {
  return restartPolicy === 'Never' || restartPolicy === 'OnFailure' ? restartPolicy : 'Always';
}

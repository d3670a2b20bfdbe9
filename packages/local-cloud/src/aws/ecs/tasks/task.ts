import type { Container, Task } from '@aws-sdk/client-ecs';
import type { Registration } from '../../elbv2/load-balancing.ts';
import type { Wire } from '../../model/wire.ts';
import type { TaskEvent, TaskOrder } from '../runtime.ts';
import type { TaskGround } from './ground.ts';
import { containerHealth, isChecked, taskHealth } from './health.ts';
import { logTarget } from './log-target.ts';
import { type Port, Registrations } from './registrations.ts';

export type StopCode = NonNullable<Task['stopCode']>;

/** What has happened to a task, for the service that it belongs to. */
export type TaskChange = 'running' | 'healthy' | 'unhealthy' | 'stopping' | 'stopped';

/** One task: what the runtime tells of it becomes what DescribeTasks shows. */
export class EcsTask {
  readonly wire: Wire<Task> & { taskArn: string; containers: Wire<Container>[] };
  readonly order: TaskOrder;
  readonly #ground: TaskGround;
  readonly #ports: readonly Port[];
  readonly #changed: (task: EcsTask, change: TaskChange) => void;
  readonly #registrations: Registrations;
  #settled = false;
  #running = false;
  #begun = false;
  /** Whether it was healthy at any time. */
  wasHealthy = false;

  constructor(o: {
    ground: TaskGround;
    wire: EcsTask['wire'];
    order: TaskOrder;
    ports?: readonly Port[];
    changed?: (task: EcsTask, change: TaskChange) => void;
  }) {
    this.wire = o.wire;
    this.order = o.order;
    this.#ground = o.ground;
    this.#registrations = new Registrations(o.ground.balancing);
    this.#ports = o.ports ?? [];
    this.#changed = o.changed ?? (() => {});
  }

  /** It is meant to run. */
  get live(): boolean {
    return this.wire.desiredStatus !== 'STOPPED';
  }

  get gone(): boolean {
    return this.wire.lastStatus === 'STOPPED';
  }

  get running(): boolean {
    return this.wire.lastStatus === 'RUNNING';
  }

  /** It counts as healthy for its service: all checks that there are, else some time of running. */
  get healthy(): boolean {
    if (!this.live || !this.running) return false;
    const checked = isChecked(this.order);
    if (checked && taskHealth(this) !== 'HEALTHY') return false;
    if (!this.#registrations.healthy) return false;
    return checked || this.registrations.length > 0 || this.#settled;
  }

  /** The target groups that say it is unhealthy. */
  get refusals(): readonly Registration[] {
    return this.#registrations.refusals;
  }

  get registrations(): readonly Registration[] {
    return this.#registrations.all;
  }

  /** Begins; `broken` is why it cannot be started at all. */
  start(broken?: string): void {
    const { durations, runtime, timeline } = this.#ground;
    timeline.after(durations.provision, () => {
      if (!this.live) return this.#end();
      if (broken !== undefined) return this.#fail(broken);
      this.#begun = true;
      runtime.start(this.order, (event) => {
        timeline.advance();
        this.#hear(event);
      });
    });
  }

  /** Stops it: out of its target groups first, with their delay, then SIGTERM. */
  stop(stopCode: StopCode, stoppedReason: string): void {
    if (!this.live) return;
    this.#decide(stopCode, stoppedReason);
    if (this.registrations.length > 0) {
      this.wire.lastStatus = 'DEACTIVATING';
      this.#registrations.leave(() => this.#halt());
    } else if (this.#begun) this.#halt();
    this.#changed(this, 'stopping');
  }

  #decide(stopCode: StopCode, stoppedReason: string): void {
    Object.assign(this.wire, {
      desiredStatus: 'STOPPED',
      stopCode,
      stoppedReason,
      stoppingAt: this.#seconds(),
    });
  }

  #halt(): void {
    if (this.gone) return;
    this.wire.lastStatus = 'STOPPING';
    this.#ground.runtime.stop(this.wire.taskArn);
  }

  #hear(event: TaskEvent): void {
    const { wire } = this;
    if (this.gone) return;
    wire.version = (wire.version ?? 0) + 1;
    switch (event.kind) {
      case 'pulling':
        this.#enter('PENDING', { pullStartedAt: this.#seconds() });
        break;
      case 'pulled':
        Object.assign(wire, { pullStoppedAt: this.#seconds() });
        for (const container of wire.containers) {
          const digest = event.digests[container.name ?? ''];
          if (digest !== undefined) container.imageDigest = digest;
        }
        break;
      case 'running':
        this.#run();
        break;
      case 'health':
        this.#check(event.container, event.healthy);
        break;
      case 'log':
        this.#log(event.container, event.message);
        break;
      case 'exited':
        this.#exit(event);
        break;
      case 'failed':
        this.#fail(event.reason, event.container);
        break;
      case 'stopped':
        this.#end();
    }
  }

  #run(): void {
    const { wire } = this;
    const { durations, logs, timeline } = this.#ground;
    if (!this.live) return;
    this.#running = true;
    this.#enter('RUNNING', { startedAt: this.#seconds() });
    for (const container of wire.containers) {
      if (container.lastStatus === 'STOPPED') continue;
      container.lastStatus = 'RUNNING';
      const target = logTarget(this.order, container.name ?? '');
      if (target) logs.open(target.group, target.stream, timeline.time);
    }
    const who = { taskArn: wire.taskArn, address: this.order.address };
    this.#registrations.join(this.#ports, who, () => this.#judge());
    timeline.after(durations.settle, () => {
      this.#settled = true;
      this.#judge();
    });
    this.#changed(this, 'running');
  }

  #check(name: string, healthy: boolean): void {
    const container = this.#container(name);
    if (container) container.healthStatus = containerHealth(healthy);
    this.wire.healthStatus = taskHealth(this);
    this.#judge();
  }

  // Tells of a new verdict on its health; the service decides what follows.
  #judge(): void {
    if (!this.live || !this.#running) return;
    if (this.healthy) {
      this.wasHealthy = true;
      this.#changed(this, 'healthy');
    } else if (this.refusals.length > 0 || this.wire.healthStatus === 'UNHEALTHY') {
      this.#changed(this, 'unhealthy');
    }
  }

  #log(name: string, message: string): void {
    const target = logTarget(this.order, name);
    const { logs, timeline } = this.#ground;
    if (!target) return;
    logs.open(target.group, target.stream, timeline.time);
    logs.write(target.group, target.stream, { timestamp: timeline.time, message });
  }

  #exit({ container: name, exitCode, reason }: TaskEvent & { kind: 'exited' }): void {
    const container = this.#container(name);
    if (!container) return;
    Object.assign(container, { lastStatus: 'STOPPED', exitCode, ...(reason && { reason }) });
    const essential = this.order.containers.find((one) => one.name === name)?.essential;
    if (!essential || !this.live) return;
    this.#decide('EssentialContainerExited', 'Essential container in task exited');
    this.#registrations.leave(() => {});
    this.#halt();
    this.#changed(this, 'stopping');
  }

  #fail(reason: string, name?: string): void {
    const container = name === undefined ? undefined : this.#container(name);
    if (container) container.reason = reason;
    if (this.live) this.#decide('TaskFailedToStart', reason);
    this.#end();
  }

  #end(): void {
    if (this.wire.lastStatus === 'DEPROVISIONING' || this.gone) return;
    const { durations, timeline } = this.#ground;
    const began = this.live;
    if (began) this.#decide('EssentialContainerExited', 'Essential container in task exited');
    this.#registrations.forget();
    Object.assign(this.wire, {
      lastStatus: 'DEPROVISIONING',
      executionStoppedAt: this.#seconds(),
    });
    for (const container of this.wire.containers) container.lastStatus = 'STOPPED';
    this.#changed(this, 'stopping');
    timeline.after(durations.deprovision, () => {
      Object.assign(this.wire, { lastStatus: 'STOPPED', stoppedAt: this.#seconds() });
      this.#changed(this, 'stopped');
    });
  }

  #enter(lastStatus: string, more: object): void {
    if (this.live) this.wire.lastStatus = lastStatus;
    Object.assign(this.wire, more);
  }

  #container(name: string): Wire<Container> | undefined {
    return this.wire.containers.find((container) => container.name === name);
  }

  #seconds(): number {
    return this.#ground.timeline.time / 1_000;
  }
}

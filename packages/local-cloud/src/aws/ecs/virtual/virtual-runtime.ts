import { createHash } from 'node:crypto';
import type { Cancel, Timeline } from '../../../timeline.ts';
import type {
  ContainerOrder,
  Runtime,
  Target,
  TargetHealth,
  TaskEvent,
  TaskOrder,
  Traffic,
} from '../runtime.ts';
import { atPace, type Script, scripts } from './script.ts';

/** Which containers a script is for: a part of their image, or what one says of it. */
export type Which = string | ((container: ContainerOrder, task: TaskOrder) => boolean);

/** Environment variable of a container with the name of one of the {@link scripts}. */
const behaviour = 'LOCAL_CLOUD_BEHAVIOUR';

interface Running {
  order: TaskOrder;
  tell: (event: TaskEvent) => void;
  plans: Cancel[];
  left: Set<string>;
  stopping: boolean;
}

/** Runs tasks on the timeline alone: nothing is started, every container follows a script. */
export class VirtualRuntime implements Runtime {
  /** Weights of each rule or listener as they were set last. */
  readonly traffic = new Map<string, Traffic>();
  readonly #timeline: Timeline;
  readonly #pace: number;
  readonly #scripts: { which: Which; script: Script }[] = [];
  readonly #running = new Map<string, Running>();
  readonly #targets = new Map<string, Cancel>();

  /** @param pace of the scripts by name; 1 is that of a small service on Fargate */
  constructor(timeline: Timeline, pace = 1) {
    this.#timeline = timeline;
    this.#pace = pace;
  }

  /** From now on these containers behave so; what was said last counts. */
  behave(which: Which, script: Script): void {
    this.#scripts.unshift({ which, script });
  }

  start(order: TaskOrder, tell: (event: TaskEvent) => void): void {
    const running: Running = { order, tell, plans: [], left: new Set(), stopping: false };
    this.#running.set(order.arn, running);
    const told = order.containers.map((container) => ({
      container,
      script: this.#scriptOf(container, order),
    }));
    tell({ kind: 'pulling' });
    const most = (of: (script: Script) => number | undefined) =>
      Math.max(0, ...told.map(({ script }) => of(script) ?? 0));
    const broken = told.find(({ script }) => script.fails !== undefined);
    this.#plan(
      running,
      most(({ pull }) => pull),
      () => {
        if (broken?.script.fails !== undefined) {
          this.#running.delete(order.arn);
          tell({ kind: 'failed', reason: broken.script.fails, container: broken.container.name });
          return;
        }
        const digests = order.containers.map(({ image, name }) => [name, digestOf(image)]);
        tell({ kind: 'pulled', digests: Object.fromEntries(digests) });
        this.#plan(
          running,
          most(({ start }) => start),
          () => {
            for (const { container } of told) running.left.add(container.name);
            tell({ kind: 'running' });
            for (const { container, script } of told) this.#live(running, container, script);
          },
        );
      },
    );
  }

  stop(taskArn: string): void {
    const running = this.#running.get(taskArn);
    if (!running || running.stopping) return;
    running.stopping = true;
    for (const cancel of running.plans.splice(0)) cancel();
    if (running.left.size === 0) this.#end(running);
    for (const container of running.order.containers) {
      if (!running.left.has(container.name)) continue;
      const { term = { after: 0, code: 0 } } = this.#scriptOf(container, running.order);
      const killed = term.after > container.stopTimeout;
      const wait = killed ? container.stopTimeout : term.after;
      this.#plan(running, wait, () => {
        this.#exit(running, container.name, { code: killed ? 137 : term.code });
      });
    }
  }

  register(target: Target, tell: (health: TargetHealth) => void): void {
    const running = this.#running.get(target.taskArn);
    const container = running?.order.containers.find(({ name }) => name === target.container);
    if (!running || !container) return;
    const { healthy = 0, unhealthy } = this.#scriptOf(container, running.order);
    const { interval, unhealthyThreshold } = target.group.healthCheck;
    const wait = healthy === 'never' ? interval * unhealthyThreshold : healthy;
    const cancel = this.#timeline.after(wait, () => {
      const description = 'Health checks failed';
      const reason = 'Target.FailedHealthChecks';
      tell(
        healthy === 'never'
          ? { state: 'unhealthy', ...(unhealthy ?? { reason, description }) }
          : { state: 'healthy' },
      );
    });
    this.#targets.set(keyOf(target), cancel);
  }

  deregister(target: Target): void {
    this.#targets.get(keyOf(target))?.();
    this.#targets.delete(keyOf(target));
  }

  route(traffic: Traffic): void {
    this.traffic.set(traffic.arn, traffic);
  }

  #live(running: Running, { healthCheck, name }: ContainerOrder, script: Script): void {
    const { exit, healthy = 0, logs = [] } = script;
    for (const { after, message } of logs) {
      this.#plan(running, after, () => running.tell({ kind: 'log', container: name, message }));
    }
    if (healthCheck) {
      const { interval, retries, startPeriod } = healthCheck;
      const wait = healthy === 'never' ? startPeriod + interval * retries : healthy;
      this.#plan(running, wait, () =>
        running.tell({ kind: 'health', container: name, healthy: healthy !== 'never' }),
      );
    }
    if (!exit) return;
    this.#plan(running, exit.after, () => this.#exit(running, name, exit));
  }

  #exit(running: Running, name: string, { code, reason }: { code: number; reason?: string }): void {
    if (!running.left.delete(name)) return;
    running.tell({
      kind: 'exited',
      container: name,
      exitCode: code,
      ...(reason !== undefined && { reason }),
    });
    if (running.left.size === 0) this.#end(running);
  }

  #end(running: Running): void {
    if (!this.#running.delete(running.order.arn)) return;
    for (const cancel of running.plans.splice(0)) cancel();
    running.tell({ kind: 'stopped' });
  }

  #plan(running: Running, ms: number, run: () => void): void {
    running.plans.push(this.#timeline.after(ms, run));
  }

  #scriptOf(container: ContainerOrder, order: TaskOrder): Script {
    const found = this.#scripts.find(({ which }) =>
      typeof which === 'string' ? container.image.includes(which) : which(container, order),
    );
    if (found) return found.script;
    const named = Object.entries(scripts).find(
      ([name]) => name === container.environment[behaviour],
    );
    return atPace(named?.[1] ?? scripts.healthy, this.#pace);
  }
}

function keyOf({ group, port, taskArn }: Target): string {
  return `${taskArn} ${group.arn} ${port}`;
}

function digestOf(image: string): string {
  const pinned = /@(?<digest>sha256:[0-9a-f]{64})$/.exec(image)?.groups?.['digest'];
  return pinned ?? `sha256:${createHash('sha256').update(image).digest('hex')}`;
}

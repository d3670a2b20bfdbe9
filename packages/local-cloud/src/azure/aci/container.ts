import type { Cancel } from '../../timeline.ts';
import { BackOff } from './back-off.ts';
import { EventLog, wireTime } from './events.ts';
import { type Foundation, heard } from './foundation.ts';
import { ContainerLog } from './log.ts';
import { type ProbeVerdict, startProbe } from './probes.ts';
import type { ContainerEvent, ContainerOrder, Pulled } from './runtime.ts';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** currentState and previousState as they are answered. */
export interface ContainerState {
  state: 'Waiting' | 'Running' | 'Terminated';
  startTime?: string;
  exitCode?: number;
  finishTime?: string;
  detailStatus: string;
}

/** What a container tells the group that it is in. */
export interface ContainerParts {
  foundation: Foundation;
  policy: RestartPolicy;
  /** Its state is another one. */
  changed: () => void;
}

/** One container from its pull to its end: starts, exits, restarts, probes. */
export class Container {
  readonly order: ContainerOrder;
  readonly events: EventLog;
  readonly log = new ContainerLog();
  state: ContainerState = { state: 'Waiting', detailStatus: '' };
  previous: ContainerState | undefined;
  restartCount = 0;
  /** When it was started last, in milliseconds since the epoch; undefined where it never was. */
  startedAt: number | undefined;
  /** It has ended, and will not be started again. */
  finished = false;
  readonly #parts: ContainerParts;
  readonly #restarts: BackOff;
  readonly #pulls: BackOff;
  #cancels: Cancel[] = [];
  #running = false;
  #ending: (() => void) | undefined;

  constructor(order: ContainerOrder, parts: ContainerParts) {
    this.order = order;
    this.#parts = parts;
    const { durations, timeline } = parts.foundation;
    this.events = new EventLog(() => timeline.time);
    this.#restarts = new BackOff(durations);
    this.#pulls = new BackOff(durations);
  }

  begin(): void {
    const { image } = this.order;
    this.events.add('Pulling', `pulling image "${image}"`);
    const { foundation } = this.#parts;
    foundation.runtime.pull(
      this.order,
      heard(foundation, (pulled) => this.#pulled(pulled)),
    );
  }

  #pulled(pulled: Pulled): void {
    if (this.#ending) return;
    const { image } = this.order;
    if ('digest' in pulled) {
      this.events.add('Pulled', `Successfully pulled image "${image}"`);
      this.#start();
      return;
    }
    const failed = `Failed to pull image "${image}": ${pulled.problem}`;
    this.events.add('Failed', failed, 'Warning');
    this.events.add('BackOff', `Back-off pulling image "${image}"`);
    this.#wait('ImagePullBackOff: Back-off pulling image', this.#pulls, () => this.begin());
  }

  /** Ends it for good, and says so once it runs no more. */
  end(then: () => void): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
    if (this.#running) {
      this.#ending = then;
      this.events.add('Killing', `Killing container ${this.order.name}`);
      this.#parts.foundation.runtime.stop(this.order);
    } else {
      this.#ending = () => undefined;
      then();
    }
  }

  #start(): void {
    const { foundation } = this.#parts;
    const told = heard(foundation, (event: ContainerEvent) => this.#happened(event));
    foundation.runtime.start(this.order, told);
  }

  #happened(event: ContainerEvent): void {
    switch (event.kind) {
      case 'log':
        this.log.add(event.line, this.#parts.foundation.timeline.time);
        return;
      case 'failed':
        this.events.add('Failed', `Error: ${event.reason}`, 'Warning');
        if (this.#ending) this.#ending();
        else
          this.#wait(`CreateContainerError: ${event.reason}`, this.#restarts, () => this.#start());
        return;
      case 'started':
        this.#started();
        return;
      case 'exited':
        this.#exited(event);
        return;
      default:
        event satisfies never;
    }
  }

  #started(): void {
    const { runtime, timeline } = this.#parts.foundation;
    this.#running = true;
    this.events.add('Created', 'Created container');
    this.events.add('Started', 'Started container');
    if (this.startedAt !== undefined) this.restartCount += 1;
    if (this.state.state === 'Terminated') this.previous = this.state;
    this.startedAt = timeline.time;
    this.state = { state: 'Running', startTime: wireTime(timeline.time), detailStatus: '' };
    if (this.#ending) {
      runtime.stop(this.order);
      return;
    }
    runtime.serve(this.order, this.order.properties.readinessProbe === undefined);
    this.#probe();
    this.#parts.changed();
  }

  #exited({ exitCode, reason }: Extract<ContainerEvent, { kind: 'exited' }>): void {
    const { runtime, timeline } = this.#parts.foundation;
    this.#running = false;
    for (const cancel of this.#cancels.splice(0)) cancel();
    runtime.serve(this.order, false);
    this.state = {
      state: 'Terminated',
      ...(this.state.startTime !== undefined && { startTime: this.state.startTime }),
      exitCode,
      finishTime: wireTime(timeline.time),
      detailStatus: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    };
    if (this.#ending) this.#ending();
    else if (this.#comesAgain(exitCode)) this.#startLater();
    else this.finished = true;
    if (!this.#ending) this.#parts.changed();
  }

  #startLater(): void {
    const { timeline } = this.#parts.foundation;
    const wait = this.#restarts.next(timeline.time - (this.startedAt ?? 0));
    if (wait > 0) {
      this.previous = this.state;
      this.events.add('BackOff', 'Back-off restarting failed container');
      this.state = {
        state: 'Waiting',
        detailStatus: 'CrashLoopBackOff: Back-off restarting failed',
      };
    }
    this.#cancels.push(timeline.after(wait, () => this.#start()));
  }

  #comesAgain(exitCode: number): boolean {
    const { policy } = this.#parts;
    if (policy === 'Never') return false;
    return exitCode !== 0 || (policy === 'Always' && !this.order.init);
  }

  #wait(detailStatus: string, backOff: BackOff, then: () => void): void {
    const { durations, timeline } = this.#parts.foundation;
    this.state = { state: 'Waiting', detailStatus };
    const wait = backOff.next(0) || durations.backOff;
    this.#cancels.push(timeline.after(wait, then));
    this.#parts.changed();
  }

  #probe(): void {
    const { foundation } = this.#parts;
    const { order } = this;
    const { livenessProbe, readinessProbe } = order.properties;
    const watch = (
      kind: 'liveness' | 'readiness',
      probe: typeof livenessProbe,
      told: (verdict: ProbeVerdict) => void,
    ) => {
      if (probe) this.#cancels.push(startProbe(foundation, { order, kind, probe }, told));
    };
    watch('liveness', livenessProbe, (verdict) => {
      if (verdict.kind === 'failed') this.#unhealthy('Liveness', verdict.problem);
      if (verdict.kind !== 'out') return;
      this.events.add(
        'Killing',
        `Container ${order.name} failed liveness probe, will be restarted`,
      );
      foundation.runtime.stop(order);
    });
    watch('readiness', readinessProbe, (verdict) => {
      if (verdict.kind === 'failed') this.#unhealthy('Readiness', verdict.problem);
      else foundation.runtime.serve(order, verdict.kind === 'in');
    });
  }

  #unhealthy(probe: string, problem: string): void {
    this.events.add('Unhealthy', `${probe} probe failed: ${problem}`, 'Warning');
  }
}

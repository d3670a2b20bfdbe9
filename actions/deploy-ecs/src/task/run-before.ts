import type { RunTaskCommandOutput, Service, Task } from '@aws-sdk/client-ecs';
import type { Commands } from '@slipway/shared/action/commands';
import { withGrace } from '@slipway/shared/deploy/patience';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import type { EcsApi } from '../api/ecs-api.ts';
import type { LogsApi } from '../api/logs.ts';
import { logSource } from '../diagnosis/log-source.ts';
import { patient } from '../rollout/patience.ts';
import { containersOf } from '../task-definition/registrable.ts';
import { LogFollower } from './log-follower.ts';
import { placeOf } from './place.ts';
import { verdictOf } from './verdict.ts';

/** A command that runs once with the new version, before the rollout. */
export interface RunBeforeSettings {
  cluster: string;
  /** Whose network and place the task gets: the service, or what it is created from. */
  service: Service | JsonObject;
  /** ARN of the new revision. */
  taskDefinition: string;
  container: string;
  /** Never empty. */
  command: readonly string[];
  /** Names this attempt of this job: a call that is repeated within it starts no second task. */
  token: string;
}

/** What it is run with. */
export interface RunBeforeTools {
  api: EcsApi;
  logs: LogsApi;
  clock: Clock;
  commands: Pick<Commands, 'info' | 'quote'>;
}

/** How often the task and its log are looked at, in milliseconds. */
const pace = { first: 1_000, most: 2_000 };
/** ECS may not know a task for a moment after it has started it, in milliseconds. */
const unknownFor = 30_000;
/** What is done when the run ends before the task does; the runner gives ten seconds. */
const grace = { start: 3_000, stop: 5_000 };
/** The agent sends the last lines a moment after the container has ended. */
const lateness = { pause: 700, tries: 4 };

/** Runs one task to its end. */
export class RunBefore {
  readonly #settings: RunBeforeSettings;
  readonly #tools: RunBeforeTools;
  /** Every call may be repeated: the token makes that harmless for RunTask. */
  readonly #api: EcsApi;
  #definition: JsonObject = {};
  #task: Task | undefined;
  #log: LogFollower | undefined;

  constructor(settings: RunBeforeSettings, tools: RunBeforeTools) {
    this.#settings = settings;
    this.#tools = tools;
    this.#api = patient(tools.api, { clock: tools.clock, unanswered: true });
  }

  /**
   * Starts the task, shows its log while it runs, and waits for its end. Stops it when the signal aborts.
   * @throws Failure `ecs/run-before-refused` when it was not started, `ecs/run-before` when it failed
   */
  async run(signal: AbortSignal): Promise<void> {
    const { taskDefinition } = this.#settings;
    const known = await this.#api.describeTaskDefinition({ taskDefinition }, signal);
    this.#definition = known.taskDefinition;
    this.#checkContainer();
    const task = await this.#start(signal);
    this.#task = task;
    const { commands } = this.#tools;
    commands.info(`run-before: the task ${idOf(task)} was started`);
    try {
      await this.#follow(task, signal);
    } catch (error) {
      const why: unknown = signal.aborted ? signal.reason : error;
      // One that nobody can follow any more is not left to itself.
      if (!isGone(error)) await this.#stop(task, why);
      throw this.#outOfTime(why) ?? error;
    }
    const why = verdictOf(this.#task, this.#definition, this.#settings.container);
    if (why !== undefined) throw this.#failed(why);
    commands.info('run-before: done');
  }

  /** What is known of the task, for the summary. */
  get evidence(): Evidence {
    const task = this.#task;
    if (!task) return { facts: [], logs: [] };
    const { lastStatus = 'unknown', stopCode, stoppedReason } = task;
    const codes = (task.containers ?? []).map(
      ({ exitCode, name, reason }) =>
        `container ${name}: ${exitCode === undefined ? 'no exit code' : `exit code ${exitCode}`}${reason ? `, ${oneLine(reason)}` : ''}`,
    );
    const stopped = [stopCode, stoppedReason && oneLine(stoppedReason)].filter(Boolean).join(': ');
    const lines = this.#log?.last ?? [];
    return {
      facts: [
        `run-before: task ${idOf(task)} is ${lastStatus}${stopped && `, ${stopped}`}`,
        ...codes,
      ],
      logs: lines.length > 0 ? [{ source: `${this.#settings.container} (run-before)`, lines }] : [],
    };
  }

  #checkContainer(): void {
    const { container } = this.#settings;
    const containers = containersOf(this.#definition);
    if (containers.has(container)) return;
    const has = [...containers.keys()].join(', ');
    const why = `the task definition has no container ${container}, but ${has}`;
    throw Failure.of('ecs/run-before-refused', { why });
  }

  // Whether ECS has started a task must be known before the run ends, or nobody stops it.
  async #start(signal: AbortSignal): Promise<Task> {
    const { cluster, command, container, service, taskDefinition, token } = this.#settings;
    const networkMode = textField(this.#definition, 'networkMode');
    const { hash } = process.getBuiltinModule('node:crypto');
    const parts = [token, cluster, taskDefinition, container, ...command];
    const input = {
      ...placeOf(service, networkMode),
      cluster,
      taskDefinition,
      count: 1,
      startedBy: 'slipway-run-before',
      clientToken: hash('sha256', JSON.stringify(parts), 'hex'),
      overrides: { containerOverrides: [{ name: container, command: [...command] }] },
    };
    const { clock } = this.#tools;
    const answer = await withGrace({ clock, grace: grace.start }, signal, (within) =>
      this.#api.runTask(input, within),
    );
    const [task] = answer.tasks ?? [];
    if (task?.taskArn) return task;
    throw Failure.of('ecs/run-before-refused', { why: refusalOf(answer) });
  }

  async #follow(started: Task, signal: AbortSignal): Promise<void> {
    const { clock, commands } = this.#tools;
    const since = clock.now();
    let said = '';
    await poll(
      clock,
      signal,
      async () => {
        const task = await this.#look(started, signal);
        if (!task && clock.now() - since > unknownFor)
          throw this.#failed('ECS does not know the task any more');
        if (!task) return undefined;
        this.#task = task;
        const status = task.lastStatus ?? '';
        if (status !== said) commands.info(`run-before: ${status}`);
        said = status;
        this.#log ??= this.#openLog(task);
        await this.#log?.read(signal);
        return status === 'STOPPED' ? true : undefined;
      },
      pace,
    );
    for (let left = lateness.tries; left > 0; left -= 1) {
      await clock.sleep(lateness.pause, signal);
      const lines = (await this.#log?.read(signal)) ?? 0;
      if (!this.#log || (lines === 0 && this.#log.last.length > 0)) return;
    }
  }

  async #look({ taskArn = '' }: Task, signal: AbortSignal): Promise<Task | undefined> {
    const { cluster } = this.#settings;
    const { tasks = [] } = await this.#api.describeTasks({ cluster, tasks: [taskArn] }, signal);
    return tasks[0];
  }

  #openLog(task: Task): LogFollower | undefined {
    const { container } = this.#settings;
    const { api, commands, logs } = this.#tools;
    const source = logSource(this.#definition, { container, task }, api.region);
    return source.driver === 'awslogs' ? new LogFollower(logs, source, commands) : undefined;
  }

  async #stop(task: Task, reason: unknown): Promise<void> {
    const { clock, commands } = this.#tools;
    const { cluster } = this.#settings;
    const input = {
      cluster,
      task: task.taskArn,
      reason: `Stopped by the job: ${messageOf(reason)}`.slice(0, 255),
    };
    try {
      await deadline(clock, grace.stop, undefined, (within) => this.#api.stopTask(input, within));
      commands.info(`run-before: the task ${idOf(task)} was told to stop`);
    } catch (error) {
      commands.info(
        `run-before: the task ${idOf(task)} could not be stopped and runs on: ${messageOf(error)}`,
      );
    }
  }

  #outOfTime(reason: unknown): Failure | undefined {
    if (!(reason instanceof TimeoutReached)) return undefined;
    return Failure.of('ecs/run-before-timeout', { limit: formatDuration(reason.ms) }, reason);
  }

  #failed(why: string): Failure {
    return Failure.of('ecs/run-before', {
      command: oneLine(this.#settings.command.join(' ')),
      why,
    });
  }
}

// ECS has lost it, so there is nothing to stop.
function isGone(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ecs/run-before';
}

// RunTask answers with HTTP 200 also where no task was started.
function refusalOf({ failures = [] }: RunTaskCommandOutput): string {
  const said = failures.map(({ arn, detail, reason = 'no reason' }) =>
    oneLine([reason, refusals[reason], detail, arn && `(${arn})`].filter(Boolean).join(' ')),
  );
  return [...new Set(said)].join('; ') || 'ECS gives no reason';
}

// Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
const refusals: Readonly<Record<string, string>> = {
  'RESOURCE:CPU': '(no instance has so much CPU free)',
  'RESOURCE:MEMORY': '(no instance has so much memory free)',
  'RESOURCE:ENI': '(no instance has a network interface free)',
  'RESOURCE:PORTS': '(a host port is taken on every instance)',
  ATTRIBUTE: '(no instance has an attribute that the task definition needs)',
  AGENT: '(the agent of the instance is not connected)',
  EMPTY: '(the cluster has no instance)',
  INACTIVE: '(the instance is not active)',
};

function idOf({ taskArn = '' }: Task): string {
  return taskArn.split('/').at(-1) ?? taskArn;
}

import type { Commands } from '@slipway/shared/action/commands';
import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { withGrace } from '@slipway/shared/deploy/patience';
import type { Evidence } from '@slipway/shared/deploy/target';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import { AlreadyThere, type KubernetesApi, type ObjectName } from '../api/kubernetes-api.ts';
import { objectText } from '../api/object-text.ts';
import { podView } from '../pods/pod-view.ts';
import { followRollout } from '../rollout/follow-rollout.ts';
import type { RolloutWatch } from '../rollout/rollout-watch.ts';
import type { Rules } from '../verdict/trouble.ts';
import type { Prepared } from '../workload/prepared.ts';
import { LogFollower } from './log-follower.ts';
import { neededObjects, staleObjects } from './needed-objects.ts';
import { oneOffJob, oneOffToken, podTemplateOf } from './one-off-job.ts';

/** A command that runs once with the new version, before the rollout. */
export interface RunBeforeSettings {
  /** Never empty. */
  readonly command: readonly string[];
  /** In milliseconds; the signal ends it, and the cluster does where nobody is left to do so. */
  readonly limit: number;
  /** Names this attempt of this job: what is repeated within it starts no second Job. */
  readonly token: string;
  readonly rules: Rules;
}

/** What it is run with. */
export interface RunBeforeTools {
  readonly api: KubernetesApi;
  readonly clock: Clock;
  readonly commands: Pick<Commands, 'info' | 'quote'>;
}

/** A look asks nothing. */
const pace = { first: 250, most: 500 };
/** A cancel leaves ten seconds: for the answer to the creation, and for the deletion. */
const grace = { create: 3_000, remove: 5_000 };
/** So long the last lines of a log may take, and the evidence of a failure, in milliseconds. */
const lateness = { log: 5_000, evidence: 8_000 };

/** Runs one Job to its end. */
export class RunBefore {
  readonly #settings: RunBeforeSettings;
  readonly #tools: RunBeforeTools;
  #log: LogFollower | undefined;
  #evidence: Evidence = { facts: [], logs: [] };
  /** What was not there before. */
  #made: ObjectName[] = [];

  constructor(settings: RunBeforeSettings, tools: RunBeforeTools) {
    this.#settings = settings;
    this.#tools = tools;
  }

  /** What was found out of a Job that failed, for the summary. */
  get evidence(): Evidence {
    return this.#evidence;
  }

  /**
   * Creates the Job, shows its log while it runs, and waits for its end. Deletes it when it did not come
   * to one.
   * @throws Failure `k8s/run-before-refused` when it was not created, `k8s/run-before` when it failed
   */
  async run(prepared: Prepared, signal: AbortSignal): Promise<void> {
    const { commands } = this.#tools;
    const name = this.#nameOf(prepared);
    const job = this.#jobOf(prepared, name);
    try {
      await this.#addNeeded(job, prepared, signal);
      this.#made.push(name);
      const created = await this.#create(name, job, signal);
      commands.info(`run-before: the Job ${name.name} was created`);
      await this.#follow(name, created, prepared.container, signal);
      commands.info('run-before: done');
    } catch (error) {
      await this.#remove(signal);
      throw (signal.aborted && this.#outOfTime(signal.reason)) || error;
    }
  }

  #nameOf({ main, image }: Prepared): ObjectName {
    const { command, token } = this.#settings;
    const { hash } = process.getBuiltinModule('node:crypto');
    const print = hash('sha256', JSON.stringify([token, image, main.name.name, ...command]), 'hex');
    // The name of a Job is a label of its pods.
    const stem = main.name.name.slice(0, 40).replace(/[^a-z0-9]+$/, '');
    return {
      resource: { apiVersion: 'batch/v1', kind: 'Job', plural: 'jobs', isNamespaced: true },
      namespace: main.name.namespace,
      name: `${stem.replaceAll('.', '-')}-before-${print.slice(0, 10)}`,
    };
  }

  #jobOf({ container, main }: Prepared, { name, namespace = '' }: ObjectName): JsonObject {
    const { command, limit, token } = this.#settings;
    const workload = main.name.name;
    return oneOffJob(main.after, { name, namespace, workload, container, command, token, limit });
  }

  /** What the Job needs and the rollout would only bring. */
  async #addNeeded(job: JsonObject, { objects }: Prepared, signal: AbortSignal): Promise<void> {
    const { api, commands } = this.#tools;
    const spec = objectIn(podTemplateOf(job), 'spec');
    for (const { name } of staleObjects(spec, objects)) {
      commands.info(
        `run-before: it has ${objectText(name)} as it is now; the rollout changes it afterwards`,
      );
    }
    for (const { force, name, object } of neededObjects(spec, objects)) {
      // What else is in a namespace is not known here.
      if (name.resource.kind !== 'Namespace') this.#made.push(name);
      await api.apply({ name, object, force }, signal);
      commands.info(`run-before: ${objectText(name)} was created, which it needs`);
    }
  }

  async #create(name: ObjectName, object: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const { api, clock, commands } = this.#tools;
    try {
      const written = await withGrace({ clock, grace: grace.create }, signal, (within) =>
        api.create({ in: name, object }, within),
      );
      written.warnings.forEach(commands.info);
      return written.object;
    } catch (error) {
      if (!(error instanceof AlreadyThere))
        throw error instanceof Failure ? error.at('run-before') : error;
      const known = await api.get(name, signal);
      const annotations = objectIn(objectIn(known ?? {}, 'metadata'), 'annotations');
      if (known && textIn(annotations, oneOffToken) === this.#settings.token) return known;
      this.#made = this.#made.filter((made) => made !== name);
      const why = `there is a Job ${name.name} already, which this run has not made`;
      throw Failure.of('k8s/run-before-refused', { why });
    }
  }

  async #follow(
    name: ObjectName,
    written: JsonObject,
    container: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { api, clock, commands } = this.#tools;
    const { rules } = this.#settings;
    const say = commands.info;
    await using watch = await followRollout({ api, clock, name, written, rules, say }, signal);
    const over = new AbortController();
    const within = AbortSignal.any([signal, over.signal]);
    let said = '';
    try {
      await poll(
        clock,
        signal,
        async () => {
          const state = watch.look();
          this.#log ??= this.#openLog(watch, container, within);
          if (state.state === 'failed') throw state.failure;
          if (state.state === 'settled') return true;
          if (state.text !== said) commands.quote(state.text);
          said = state.text;
          return undefined;
        },
        pace,
      );
      await this.#readRest(signal);
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      // One that is over is kept for a while, to be looked at.
      if (error.code === 'k8s/job-failed') this.#made = this.#made.filter((made) => made !== name);
      await this.#readRest(signal);
      await this.#gather(watch, container, signal);
      throw Failure.of(
        'k8s/run-before',
        {
          command: oneLine(this.#settings.command.join(' ')),
          why: error.message.replace(/\.$/, ''),
        },
        error,
      );
    } finally {
      over.abort(new Error('it is over'));
    }
  }

  // A pod that failed before it ran has none.
  #openLog(watch: RolloutWatch, container: string, signal: AbortSignal): LogFollower | undefined {
    const { api, commands } = this.#tools;
    for (const pod of watch.allPods().map(podView)) {
      const own = pod.containers.find(({ name }) => name === container);
      if (own?.running === undefined && own?.ended === undefined) continue;
      const source = { namespace: pod.namespace, pod: pod.name, container };
      return new LogFollower(api, source, { signal, say: commands });
    }
    return undefined;
  }

  async #readRest(signal: AbortSignal): Promise<void> {
    const log = this.#log;
    if (!log) return;
    await deadline(this.#tools.clock, lateness.log, signal, (within) =>
      unlessAborted(log.over, within),
    ).catch((error: unknown) => {
      if (!(error instanceof TimeoutReached)) throw error;
    });
  }

  async #gather(watch: RolloutWatch, container: string, signal: AbortSignal): Promise<void> {
    try {
      const { clock } = this.#tools;
      const { facts, logs } = await deadline(clock, lateness.evidence, signal, (within) =>
        watch.diagnose(within),
      );
      const lines = this.#log?.last ?? [];
      const own = lines.length > 0 ? [{ source: `${container} (run-before)`, lines }] : logs;
      this.#evidence = { facts, logs: own };
    } catch (error) {
      this.#evidence = { facts: [`no diagnosis: ${messageOf(error)}`], logs: [] };
    }
  }

  async #remove(signal: AbortSignal): Promise<void> {
    const { api, clock, commands } = this.#tools;
    const all = this.#made.splice(0).map(async (name) => {
      try {
        await deadline(clock, grace.remove, undefined, (within) =>
          api.delete({ name, propagation: 'Background' }, within),
        );
        if (signal.aborted) commands.info(`run-before: ${objectText(name)} was deleted`);
      } catch (error) {
        commands.info(
          `run-before: ${objectText(name)} could not be deleted and stays: ${messageOf(error)}`,
        );
      }
    });
    await Promise.all(all);
  }

  #outOfTime(reason: unknown): Failure | undefined {
    if (!(reason instanceof TimeoutReached)) return undefined;
    return Failure.of('k8s/run-before-timeout', { limit: formatDuration(reason.ms) }, reason);
  }
}

import type { Commands } from '@slipway/shared/action/commands';
import { patiently, withGrace } from '@slipway/shared/deploy/patience';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { poll } from '@slipway/shared/time/poll';
import type { AciApi, GroupName, Operation, OperationState } from '../api/aci-api.ts';
import { eventFacts, stateFacts } from '../diagnosis/facts.ts';
import type { PreparedGroup } from '../group/prepared-group.ts';
import { endOf } from '../rollout/exit-trouble.ts';
import { stateIfTold } from '../rollout/group-follower.ts';
import { GroupWatch } from '../rollout/group-state.ts';
import { hasEnded } from '../rollout/group-state-container.ts';
import { type ContainerRun, type GroupView, viewOf } from '../rollout/group-view.ts';
import { deleteGroup, isTransitioning, isUnanswered } from '../rollout/write-group.ts';
import { LogFollower } from './log-follower.ts';
import { hasOwnIdentity, isOneOffOf, oneOffGroup, oneOffName, oneOffTag } from './one-off-group.ts';

/** A command that runs once with the new version, before the update. */
export interface RunBeforeSettings {
  /** The group that is going to be updated. */
  readonly name: GroupName;
  /** Never empty. */
  readonly command: readonly string[];
}

/** What it is run with. */
export interface RunBeforeTools {
  readonly api: AciApi;
  readonly clock: Clock;
  readonly commands: Pick<Commands, 'info' | 'quote'>;
}

/** How often the group and its log are looked at, in milliseconds. */
const pace = { first: 1_000, most: 2_000 };
/** A cancel leaves ten seconds: for the answer to the PUT, and for the DELETE. */
const grace = { create: 3_000, remove: 5_000 };
/** How long a group that is not in a hurry may take to be deleted, in milliseconds. */
const removal = 60_000;
/** Azure has the last lines a moment after the container has ended. */
const lateness = { pause: 700, tries: 4 };

/** Runs one container group to its end. */
export class RunBefore {
  readonly #settings: RunBeforeSettings;
  readonly #tools: RunBeforeTools;
  /** Of the one-off group. */
  readonly #name: GroupName;
  #watch: GroupWatch | undefined;
  #view: GroupView | undefined;
  #log: LogFollower | undefined;
  /** What its operation said last. */
  #asked: OperationState | undefined;
  #container = '';

  constructor(settings: RunBeforeSettings, tools: RunBeforeTools) {
    this.#settings = settings;
    this.#tools = tools;
    this.#name = oneOffName(settings.name);
  }

  /**
   * Creates the group, shows its log while it runs, waits for its end, and deletes it however that
   * ends, also when the signal aborts.
   * @throws Failure `aci/run-before-refused` when it was not created, `aci/run-before` when it failed,
   *   and what kept it from running
   */
  async run(
    { container, document }: Pick<PreparedGroup, 'container' | 'document'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { command, name } = this.#settings;
    const { api, clock, commands } = this.#tools;
    const wanted = oneOffGroup(document, { owner: name.name, container, command });
    this.#container = container;
    await this.#removeLeftover(signal);
    this.#watch = new GroupWatch({ clock, before: undefined, document: wanted });
    this.#log = new LogFollower(api, { ...this.#name, container }, commands);
    try {
      const operation = await this.#create(wanted, signal);
      commands.info(`run-before: the container group ${this.#name.name} was created`);
      if (hasOwnIdentity(document)) commands.info(ownIdentity);
      this.#check(await this.#follow(operation, signal));
      commands.info('run-before: done');
    } catch (error) {
      throw (signal.aborted && this.#outOfTime(signal.reason)) || error;
    } finally {
      await this.#remove(signal);
    }
  }

  /** What is known of the group, for the summary; it is gone by then. */
  get evidence(): Evidence {
    const view = this.#view;
    if (!view || !this.#watch) return { facts: [], logs: [] };
    const watched = this.#watch.watched(view);
    const lines = this.#log?.last ?? [];
    const source = `${this.#container} (run-before)`;
    return {
      facts: [...stateFacts(this.#name.name, view, watched), ...eventFacts(watched)],
      logs: lines.length > 0 ? [{ source, lines }] : [],
    };
  }

  // Only one that an earlier run made for this group.
  async #removeLeftover(signal: AbortSignal): Promise<void> {
    const { clock, commands } = this.#tools;
    const { name } = this.#settings;
    const left = await this.#read(signal);
    if (!left) return;
    if (!isOneOffOf(left, name.name)) {
      const why = `there is a container group ${this.#name.name} already, without the tag ${oneOffTag} of this one`;
      throw Failure.of('aci/run-before-refused', { why });
    }
    commands.info(`run-before: deleting ${this.#name.name}, which an earlier run has left`);
    await this.#delete(signal);
    await poll(clock, signal, async () => ((await this.#read(signal)) ? undefined : true), pace);
  }

  async #create(document: JsonObject, signal: AbortSignal): Promise<Operation | undefined> {
    const { api, clock } = this.#tools;
    const put = { ...this.#name, document };
    try {
      const { operation } = await withGrace({ clock, grace: grace.create }, signal, (within) =>
        patiently(() => api.putGroup(put, within), { clock, again: isTransitioning }, within),
      );
      return operation;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // A command must not run twice because the answer to its start was lost.
      if (isUnanswered(error) && (await this.#read(signal))) return undefined;
      throw error.at('run-before');
    }
  }

  /** @returns the run of the container, once it is over */
  async #follow(operation: Operation | undefined, signal: AbortSignal): Promise<ContainerRun> {
    const { clock, commands } = this.#tools;
    let said = '';
    const run = await poll(
      clock,
      signal,
      async () => {
        const group = await this.#read(signal);
        this.#view = group ? viewOf(group) : this.#view;
        const over = group && overIn(this.#view);
        if (over) return over;
        const state = this.#watch?.look(group, await this.#ask(operation, signal));
        if (state?.state === 'failed') throw state.failure.at('run-before');
        const text = state?.state === 'progress' ? state.text : said;
        if (text !== said) commands.info(`run-before: ${text}`);
        said = text;
        if (this.#hasStarted) await this.#log?.read(signal);
        return undefined;
      },
      pace,
    );
    await this.#readRest(signal);
    return run;
  }

  get #hasStarted(): boolean {
    return this.#view?.containers.some(({ state }) => state === 'Running') ?? false;
  }

  async #readRest(signal: AbortSignal): Promise<void> {
    const log = this.#log;
    for (let left = lateness.tries; log && left > 0; left -= 1) {
      const lines = await log.read(signal);
      if (lines === 0 && log.last.length > 0) return;
      await this.#tools.clock.sleep(lateness.pause, signal);
    }
  }

  // Why Azure does not create it is only said there.
  async #ask(
    operation: Operation | undefined,
    signal: AbortSignal,
  ): Promise<OperationState | undefined> {
    if (operation?.url === undefined || this.#view?.provisioningState === 'Succeeded') {
      return undefined;
    }
    if (this.#asked?.state === 'unknown') return this.#asked;
    const { api, clock, commands } = this.#tools;
    this.#asked = await patiently(
      () => stateIfTold({ api, say: commands.info }, operation, signal),
      { clock, again: isUnanswered },
      signal,
    );
    return this.#asked;
  }

  #check(run: ContainerRun): void {
    if (run.exitCode === 0) return;
    throw Failure.of('aci/run-before', {
      command: oneLine(this.#settings.command.join(' ')),
      why: `${this.#container} ended ${endOf(run)}`,
    });
  }

  #read(signal: AbortSignal): Promise<JsonObject | undefined> {
    const { api, clock } = this.#tools;
    return patiently(
      () => api.getGroup(this.#name, signal),
      { clock, again: isUnanswered },
      signal,
    );
  }

  #delete(signal: AbortSignal): Promise<void> {
    const { api, clock, commands } = this.#tools;
    return deleteGroup({ api, clock, say: commands.info }, this.#name, signal);
  }

  async #remove(signal: AbortSignal): Promise<void> {
    const { clock, commands } = this.#tools;
    const limit = signal.aborted ? grace.remove : removal;
    try {
      await deadline(clock, limit, undefined, (within) => this.#delete(within));
    } catch (error) {
      commands.info(
        `run-before: the container group ${this.#name.name} could not be deleted and stays: ${messageOf(error)}`,
      );
    }
  }

  #outOfTime(reason: unknown): Failure | undefined {
    if (!(reason instanceof TimeoutReached)) return undefined;
    return Failure.of('aci/run-before-timeout', { limit: formatDuration(reason.ms) }, reason);
  }
}

const ownIdentity =
  'run-before: its system-assigned identity is another one than that of the container group, and has none of its roles; a user-assigned identity is the same in both';

/** The run that is over, where there is one: a container that Azure starts again failed before. */
function overIn(view: GroupView | undefined): ContainerRun | undefined {
  const [container] = view?.containers ?? [];
  if (!container) return undefined;
  const { previous } = container;
  if (previous && (previous.exitCode !== undefined || hasEnded(previous))) return previous;
  return hasEnded(container) ? container : undefined;
}

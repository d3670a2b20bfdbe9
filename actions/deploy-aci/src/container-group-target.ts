import { proveHealth } from '@slipway/shared/deploy/health';
import { patiently } from '@slipway/shared/deploy/patience';
import { Silence } from '@slipway/shared/deploy/silence';
import {
  type Direction,
  type Evidence,
  type FailedPhase,
  LeftToPlatform,
  type Proof,
  type RolloutState,
  type Target,
} from '@slipway/shared/deploy/target';
import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { addressOf, servedAt } from './address.ts';
import type { GroupName, Operation } from './api/aci-api.ts';
import type { PreparedGroup } from './group/prepared-group.ts';
import { checkQuota } from './group/quota.ts';
import type { GroupParts } from './parts.ts';
import { GroupFollower } from './rollout/group-follower.ts';
import { viewOf } from './rollout/group-view.ts';
import { makePlan } from './rollout/make-plan.ts';
import type { AciChange, AciPlan, AciStep } from './rollout/plan.ts';
import { Rehearsal } from './rollout/rehearsal.ts';
import { releaseTags, tagOf, withRelease } from './rollout/release-tags.ts';
import { settle } from './rollout/settle.ts';
import {
  deleteGroup,
  type GroupWriter,
  isRefusal,
  isUnanswered,
  removeGroup,
  untilGone,
  writeGroup,
} from './rollout/write-group.ts';

/** Deploys to one container group of Azure Container Instances. */
export class ContainerGroupTarget implements Target<AciPlan, AciChange> {
  readonly name: string;
  /** A look is one call or two; Azure allows thousands of reads an hour in a subscription. */
  readonly pace = { first: 1_000, most: 1_200 };
  readonly #parts: GroupParts;
  readonly #group: GroupName;
  readonly #rehearsal: Rehearsal;
  readonly #writer: GroupWriter;
  readonly #silence: Silence;
  #live: JsonObject | undefined;
  /** Whether `#live` was read for this run; a plan stands on what its check or its lock has seen. */
  #isRead = false;
  /** How far the group itself was changed by this run. */
  #changed: 'not' | 'written' | 'deleted' = 'not';
  /** The group that was last written: what a diagnosis is about. */
  #last: GroupName;

  constructor(parts: GroupParts) {
    const { api, clock, commands, settings } = parts;
    this.#parts = parts;
    this.#group = { resourceGroup: settings['resource-group'], name: settings.name };
    this.#last = this.#group;
    this.#writer = { api, clock, say: commands.info };
    this.#rehearsal = new Rehearsal(this.#group, this.#writer);
    this.#silence = new Silence(clock, isUnanswered);
    this.name = `${settings.name} in ${settings['resource-group']}`;
  }

  /** Public name of the group, once Azure has said it. */
  get fqdn(): string {
    return (this.#live && viewOf(this.#live).fqdn) ?? '';
  }

  /** IP address of the group, once Azure has said it. */
  get ip(): string {
    return (this.#live && viewOf(this.#live).ip) ?? '';
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#read(signal);
  }

  async lock(signal: AbortSignal): Promise<AsyncDisposable> {
    const { clock, commands, release, settings } = this.#parts;
    await settle(
      {
        name: settings.name,
        clock,
        limit: settings['lock-timeout'],
        first: await this.#seen(signal),
        read: (within) => this.#read(within),
        isOurs: (group) => release.run !== '' && tagOf(group, releaseTags.run) === release.run,
        say: commands.info,
      },
      signal,
    );
    // Azure has no lock for it: a change that comes meanwhile is waited for when we write. What is
    // given back on every way out is the candidate.
    return { [Symbol.asyncDispose]: () => this.#rehearsal.leave() };
  }

  async plan(signal: AbortSignal): Promise<AciPlan> {
    const { release, settings } = this.#parts;
    const live = await this.#seen(signal);
    const prepared = await this.#parts.prepare(live, signal);
    this.#checkProof(prepared);
    const plan = makePlan({
      settings,
      prepared,
      live,
      restorable: live && this.#parts.restorable(live),
      running: live !== undefined && isRunning(live),
      run: release.run,
    });
    const rehearses = plan.steps.some(({ kind }) => kind === 'candidate');
    if (rehearses) await this.#rehearsal.check(signal);
    if (rehearses || prepared.change.kind !== 'none') await this.#checkQuota(plan, signal);
    prepared.notes.forEach(this.#parts.commands.info);
    return plan;
  }

  async prepare(plan: AciPlan, signal: AbortSignal): Promise<void> {
    if (plan.steps.some(({ kind }) => kind === 'candidate')) await this.#rehearsal.clear(signal);
  }

  async migrate({ prepared }: AciPlan, signal: AbortSignal): Promise<void> {
    if (prepared.change.kind !== 'none') await this.#parts.migrate?.run(prepared, signal);
  }

  async apply(plan: AciPlan, step: AciStep, signal: AbortSignal): Promise<AciChange> {
    const { prepared } = plan;
    switch (step.kind) {
      case 'keep':
        return this.#follow(this.#group, { role: 'production', isKept: true });
      case 'candidate':
        return this.#rehearse(prepared, signal);
      default:
    }
    const document = this.#released(plan);
    // It was proven, and would work beside the group that serves.
    await this.#rehearsal.end(signal);
    if (step.kind === 'recreate') await this.#delete(signal);
    return this.#write(
      document,
      { before: step.kind === 'recreate' ? undefined : plan.live },
      signal,
    );
  }

  async look(change: AciChange, signal: AbortSignal): Promise<RolloutState> {
    return this.#silence.bear(() => this.#look(change, signal), signal);
  }

  async #look(change: AciChange, signal: AbortSignal): Promise<RolloutState> {
    if (change.direction === 'rollback' && this.#parts.signal.aborted) {
      throw new LeftToPlatform(this.#leftSentence(change));
    }
    if (change.kind === 'gone') {
      const group = await this.#parts.api.getGroup(this.#group, signal);
      return group ? { state: 'progress', text: 'Deleting' } : { state: 'settled' };
    }
    const state = await change.follower.look(signal);
    if (change.role === 'production') this.#live = change.follower.group ?? this.#live;
    return state;
  }

  async prove(change: AciChange, direction: Direction, signal: AbortSignal): Promise<Proof> {
    if (change.kind === 'gone')
      return { url: '', how: 'by Azure, which has no such group any more' };
    const { clock, fetch, settings } = this.#parts;
    const { follower, role } = change;
    const view = viewOf(follower.group ?? {});
    const port = view.ports.find(({ protocol }) => protocol === 'TCP')?.port;
    const at = addressOf(settings, { role, name: follower.name.name, view, port }, fetch);
    if (!at) {
      const asked = settings['health-url'] ?? settings['health-path'];
      const why = asked ? 'it has no address' : 'neither health-url nor health-path is given';
      return { url: servedAt(view, port), how: `by Azure alone, as ${why}` };
    }
    const { expect, 'health-status': status, 'health-threshold': threshold } = settings;
    const expected = { status, ...(expect !== undefined && { text: expect }) };
    return proveHealth(at, { expected, threshold, clock }, direction, signal);
  }

  async diagnose(plan: AciPlan, phase: FailedPhase, signal: AbortSignal): Promise<Evidence> {
    if (phase === 'migrate' && this.#parts.migrate) return this.#parts.migrate.evidence;
    if (phase !== 'rollout' || plan.prepared.change.kind === 'none') return { facts: [], logs: [] };
    const isCandidate = this.#last === this.#rehearsal.name;
    const before = isCandidate ? undefined : plan.live;
    return this.#parts.diagnose({ group: this.#last, before }, signal);
  }

  async rollback(plan: AciPlan, _: { hurry: boolean }, signal: AbortSignal): Promise<AciChange> {
    if (this.#changed === 'not') {
      // The candidate goes with the lock, and what serves does not depend on that.
      if (!plan.live) return { kind: 'gone', direction: 'rollback' };
      return this.#follow(this.#group, {
        role: 'production',
        isKept: true,
        direction: 'rollback',
      });
    }
    if (!plan.previous) {
      await deleteGroup(this.#writer, this.#group, signal);
      return { kind: 'gone', direction: 'rollback' };
    }
    const deletes = plan.steps.some(({ kind }) => kind === 'recreate');
    if (deletes) await removeGroup(this.#writer, this.#group, signal);
    const before = deletes ? undefined : this.#live;
    return this.#write(plan.previous, { before, direction: 'rollback' }, signal);
  }

  async #rehearse({ document }: PreparedGroup, signal: AbortSignal): Promise<AciChange> {
    const label = this.#parts.settings['candidate-dns-label'];
    this.#last = this.#rehearsal.name;
    const begun = await this.#rehearsal.begin(document, label, signal);
    return this.#follow(this.#rehearsal.name, { role: 'candidate', ...begun });
  }

  async #write(
    document: JsonObject,
    { before, direction }: { before: JsonObject | undefined; direction?: Direction },
    signal: AbortSignal,
  ): Promise<AciChange> {
    this.#last = this.#group;
    const operation = await this.#accepted(document, signal);
    return this.#follow(this.#group, {
      role: 'production',
      document,
      before,
      operation,
      ...(direction && { direction }),
    });
  }

  // A refusal has deleted nothing, and the version before still serves.
  async #delete(signal: AbortSignal): Promise<void> {
    try {
      await deleteGroup(this.#writer, this.#group, signal);
      this.#changed = 'deleted';
    } catch (error) {
      if (signal.aborted || !isRefusal(error)) this.#changed = 'deleted';
      throw error;
    }
    await untilGone(this.#writer, this.#group, signal);
  }

  // What Azure refuses has changed nothing: to write the version before would only restart it.
  async #accepted(document: JsonObject, signal: AbortSignal): Promise<Operation | undefined> {
    try {
      const operation = await writeGroup(this.#writer, { name: this.#group, document }, signal);
      this.#changed = 'written';
      return operation;
    } catch (error) {
      if (signal.aborted || !isRefusal(error)) this.#changed = 'written';
      throw error;
    }
  }

  #follow(
    name: GroupName,
    o: {
      role: 'candidate' | 'production';
      document?: JsonObject;
      before?: JsonObject | undefined;
      isKept?: boolean;
      operation?: Operation | undefined;
      direction?: Direction;
    },
  ): AciChange {
    const { api, watch } = this.#parts;
    const { before, direction = 'forward', document, isKept, operation, role } = o;
    const follower = new GroupFollower({
      api,
      name,
      operation,
      say: this.#parts.commands.info,
      watch: watch({
        before,
        ...(document && { document }),
        ...(isKept && { isKept }),
        ...(this.#isAsked(role, document) && { settle: 0 }),
      }),
    });
    return { kind: 'group', role, direction, follower };
  }

  // Then the proof decides, and the looks go on meanwhile: to wait for it to stay up only makes it late.
  #isAsked(role: 'candidate' | 'production', document: JsonObject | undefined): boolean {
    const { 'health-path': path, 'health-url': url } = this.#parts.settings;
    if (!url && path === undefined) return false;
    return role === 'production' || (document !== undefined && viewOf(document).ports.length > 0);
  }

  #released({ image, prepared, previousImage }: AciPlan): JsonObject {
    return withRelease(prepared.document, { ...this.#parts.release, image, previousImage });
  }

  // What the proof will need is known before anything is written.
  #checkProof({ document }: PreparedGroup): void {
    const { 'health-path': path, 'health-url': url } = this.#parts.settings;
    if (url || path === undefined) return;
    if (viewOf(document).ports.some(({ protocol }) => protocol === 'TCP')) return;
    throw Failure.of('aci/no-address', { group: this.#group.name });
  }

  async #checkQuota({ live, prepared, steps }: AciPlan, signal: AbortSignal): Promise<void> {
    const { document } = prepared;
    const location = textIn(document, 'location');
    if (location === undefined) return;
    const usages = await this.#parts.usages(location, signal);
    // A candidate needs its room while the group that serves keeps its own.
    const rehearses = steps.some(({ kind }) => kind === 'candidate');
    checkQuota(usages, { document, instead: rehearses ? undefined : live });
  }

  #leftSentence(change: AciChange): string {
    const { name } = this.#group;
    if (this.#changed === 'not') {
      return change.kind === 'gone' ? `${name} was not created` : `${name} was not changed`;
    }
    return change.kind === 'gone'
      ? `Azure is deleting ${name}, and ends that by itself`
      : `Azure is bringing back the version before in ${name}, and ends that by itself`;
  }

  // Check, lock and plan follow each other at once: what one of them has read is good for the next.
  async #seen(signal: AbortSignal): Promise<JsonObject | undefined> {
    return this.#isRead ? this.#live : this.#read(signal);
  }

  async #read(signal: AbortSignal): Promise<JsonObject | undefined> {
    const { api, clock } = this.#parts;
    this.#live = await patiently(() => api.getGroup(this.#group, signal), { clock }, signal);
    this.#isRead = true;
    return this.#live;
  }
}

function isRunning(group: JsonObject): boolean {
  const { containers } = viewOf(group);
  const serving = containers.filter(({ isInit }) => !isInit);
  return serving.length > 0 && serving.every(({ state }) => state === 'Running');
}

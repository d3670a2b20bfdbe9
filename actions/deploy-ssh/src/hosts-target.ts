import { eachLimited, type ItemError } from '@slipway/shared/concurrency/each-limited';
import type {
  DeployStep,
  Direction,
  Evidence,
  PlanFacts,
  Proof,
  RolloutState,
  Target,
} from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { type Lockable, lockHosts } from './lock-hosts.ts';
import { type HostPlan, type HostVerdict, verdictOf } from './verdict.ts';

/** One host's target. Its plan has one step. */
export type HostTarget<Change> = Target<HostPlan, Change> &
  Pick<Lockable, 'tryLock'> & { close(): Promise<void> };

/** What happens once for all hosts, and how many of them at a time. */
export interface HostsSettings {
  maxParallel: number;
  /** Asks the address that all hosts serve together. */
  proveTogether: ((direction: Direction, signal: AbortSignal) => Promise<Proof>) | undefined;
  say(line: string): void;
}

/** Some hosts that are changed at the same time. */
export interface HostsStep<Change> extends DeployStep {
  hosts: ReadonlyArray<HostTarget<Change>>;
}

/** The plans of all hosts; the first step is the canary host. */
export interface HostsPlan<Change> extends PlanFacts<HostsStep<Change>> {
  plans: ReadonlyMap<HostTarget<Change>, HostPlan>;
}

/** What was changed so far, and on which hosts it is proven now. */
export interface HostsChange<Change> {
  changes: ReadonlyMap<HostTarget<Change>, Change>;
  proves: ReadonlyArray<HostTarget<Change>>;
  /** No other host is left. */
  last: boolean;
}

/** Hosts as one target, and what became of each. */
export interface HostsTarget<Change> extends Target<HostsPlan<Change>, HostsChange<Change>> {
  verdicts(): HostVerdict[];
  close(): Promise<void>;
}

/**
 * Deploys to several hosts as one: prepares all of them, changes the first one alone and proves it,
 * then the others in groups. A failure on one rolls back every host that was changed.
 */
export function hostsTarget<Change>(
  hosts: ReadonlyArray<HostTarget<Change>>,
  { maxParallel, proveTogether, say }: HostsSettings,
): HostsTarget<Change> {
  const several = hosts.length > 1;
  const [canary] = hosts;
  if (!canary) throw new Error('there is no host');
  const plans = new Map<HostTarget<Change>, HostPlan>();
  const changes = new Map<HostTarget<Change>, Change>();
  const touched = new Set<HostTarget<Change>>();
  const restored = new Set<HostTarget<Change>>();
  const proven = new Set<HostTarget<Change>>();
  const errors = new Map<HostTarget<Change>, unknown>();
  let notRestored: ReadonlyArray<ItemError<HostTarget<Change>>> = [];

  const planOf = (host: HostTarget<Change>): HostPlan => {
    const plan = plans.get(host);
    if (!plan) throw new Error(`${host.name} has no plan`);
    return plan;
  };

  const onHost = (host: HostTarget<Change>, error: unknown): unknown =>
    several && error instanceof Failure ? error.at(host.name) : error;

  /** Works on some hosts; the first error is thrown. */
  const onEach = async (
    some: Iterable<HostTarget<Change>>,
    signal: AbortSignal,
    work: (host: HostTarget<Change>) => Promise<void>,
    limit = maxParallel,
  ) => {
    const found = await eachLimited([...some], { limit, whatever: false }, work);
    // When the time is up, what a host has not shown until then says more than that.
    const own = found.filter(({ error }) => error instanceof Failure && error !== signal.reason);
    if (own.length === 0) signal.throwIfAborted();
    const told = own.length > 0 ? own : found;
    for (const { item, error } of told) errors.set(item, error);
    const [first] = told;
    if (first) throw onHost(first.item, first.error);
  };

  const lookAt = async (
    host: HostTarget<Change>,
    change: Change,
    signal: AbortSignal,
  ): Promise<RolloutState> => {
    const seen = await host.look(change, signal);
    if (!several || seen.state === 'settled') return seen;
    if (seen.state === 'progress') return { ...seen, text: `${host.name}: ${seen.text}` };
    return { ...seen, failure: seen.failure.at(host.name) };
  };

  return {
    name: several ? `${hosts.length} hosts` : canary.name,
    ...(canary.pace && { pace: canary.pace }),

    check: (signal) => onEach(hosts, signal, async (host) => host.check?.(signal)),

    async lock(signal) {
      const named = (host: HostTarget<Change>, error: unknown) => {
        errors.set(host, error);
        return onHost(host, error);
      };
      return lockHosts(hosts, maxParallel, named, signal);
    },

    async plan(signal) {
      await onEach(hosts, signal, async (host) => {
        plans.set(host, await host.plan(signal));
      });
      const all = hosts.map(planOf);
      if (new Set(all.map(({ release }) => release)).size > 1) {
        const releases = hosts.map((host) => `${host.name} ${planOf(host).release}`);
        throw Failure.of('ssh/releases-differ', { releases: releases.join(', ') });
      }
      const { image, previousImage } = planOf(canary);
      const serves = all.some((plan) => plan.serves === 'previous') ? 'previous' : 'nothing';
      return {
        image,
        previousImage,
        diff: hosts.flatMap((host) =>
          planOf(host).diff.map((line) =>
            several ? { ...line, what: `${host.name}: ${line.what}` } : line,
          ),
        ),
        serves,
        rollback: { to: serves },
        steps: stepsOf(hosts, maxParallel),
        plans,
      };
    },

    prepare: (_plan, signal) =>
      onEach(hosts, signal, async (host) => host.prepare?.(planOf(host), signal)),

    ...(canary.migrate && {
      migrate: (_plan: HostsPlan<Change>, signal: AbortSignal) =>
        onEach([canary], signal, async (host) => host.migrate?.(planOf(host), signal)),
    }),

    async apply(plan, step, signal) {
      await onEach(step.hosts, signal, async (host) => {
        touched.add(host);
        const own = planOf(host);
        const [only] = own.steps;
        if (!only) throw new Error(`${host.name} has a plan without a step`);
        changes.set(host, await host.apply(own, only, signal));
      });
      const last = step === plan.steps.at(-1);
      return { changes: new Map(changes), proves: last ? hosts : step.hosts, last };
    },

    // At every host that was changed so far: what the canary does later counts too.
    async look({ changes }, signal) {
      const seen = new Map<HostTarget<Change>, RolloutState>();
      await onEach(
        changes.keys(),
        signal,
        async (host) => {
          const change = changes.get(host);
          if (change !== undefined) seen.set(host, await lookAt(host, change, signal));
        },
        hosts.length,
      );
      for (const [host, state] of seen) {
        if (state.state === 'failed') errors.set(host, state.failure);
      }
      return together([...seen.values()]);
    },

    async prove({ changes, proves, last }, direction, signal) {
      const proofs: Proof[] = [];
      const done = direction === 'forward' ? proven : restored;
      await onEach(proves, signal, async (host) => {
        const change = changes.get(host);
        if (change === undefined) return;
        proofs.push(await host.prove(change, direction, signal));
        if (several && !done.has(host)) say(`${host.name}: proven`);
        done.add(host);
      });
      const common = last ? await proveTogether?.(direction, signal) : undefined;
      if (direction === 'rollback') checkRestored(notRestored, several);
      return common ?? summed(proofs);
    },

    async diagnose(_plan, phase, signal): Promise<Evidence> {
      const begun = phase === 'rollout' ? [...touched] : hosts;
      const failed = begun.filter((host) => errors.has(host));
      const found = await Promise.all(
        (failed.length > 0 ? failed : begun).map(async (host) => ({
          prefix: several ? `${host.name}: ` : '',
          evidence: await host
            .diagnose(planOf(host), phase, signal)
            .catch(
              (error): Evidence => ({ facts: [`no diagnosis: ${messageOf(error)}`], logs: [] }),
            ),
        })),
      );
      return {
        facts: found.flatMap(({ prefix, evidence }) => evidence.facts.map((fact) => prefix + fact)),
        logs: found.flatMap(({ prefix, evidence }) =>
          evidence.logs.map(({ source, lines }) => ({ source: prefix + source, lines })),
        ),
      };
    },

    // Every host that was changed is tried and proven, whatever happens on another one; what could
    // not be rolled back is said when the others are proven.
    async rollback(_plan, how, signal) {
      const rolledBack = new Map<HostTarget<Change>, Change>();
      const limit = { limit: maxParallel, whatever: true };
      notRestored = await eachLimited([...touched], limit, async (host) => {
        rolledBack.set(host, await host.rollback(planOf(host), how, signal));
      });
      signal.throwIfAborted();
      for (const { item, error } of notRestored) errors.set(item, error);
      return { changes: rolledBack, proves: [...rolledBack.keys()], last: true };
    },

    async cleanUp(_plan, ending, signal) {
      const limit = { limit: maxParallel, whatever: true };
      const found = await eachLimited([...plans.keys()], limit, async (host) =>
        host.cleanUp?.(planOf(host), ending, signal),
      );
      const [first] = found;
      if (first) throw onHost(first.item, first.error);
    },

    verdicts: () =>
      hosts.map((host) =>
        verdictOf(host.name, {
          plan: plans.get(host),
          touched: touched.has(host),
          proven: proven.has(host),
          restored: restored.has(host),
          error: errors.get(host),
        }),
      ),

    async close() {
      await Promise.all(hosts.map((host) => host.close()));
    },
  };
}

/** The canary host alone, then the others in groups. */
function stepsOf<Change>(
  hosts: ReadonlyArray<HostTarget<Change>>,
  most: number,
): Array<HostsStep<Change>> {
  const [canary, ...others] = hosts;
  if (!canary) return [];
  const steps = [{ name: `canary ${canary.name}`, hosts: [canary] }];
  for (let start = 0; start < others.length; start += most) {
    const group = others.slice(start, start + most);
    const [first, last] = [start + 2, start + 1 + group.length];
    const name = first === last ? `host ${first}` : `hosts ${first} to ${last}`;
    steps.push({ name, hosts: group });
  }
  return steps;
}

function together(states: readonly RolloutState[]): RolloutState {
  const failed = states.find(({ state }) => state === 'failed');
  if (failed) return failed;
  const waiting = states.flatMap((seen) => (seen.state === 'progress' ? [seen.text] : []));
  return waiting.length === 0
    ? { state: 'settled' }
    : { state: 'progress', text: waiting.join('; ') };
}

function checkRestored<Change>(
  notRestored: ReadonlyArray<ItemError<HostTarget<Change>>>,
  several: boolean,
): void {
  const [first] = notRestored;
  if (!first) return;
  if (!several) throw first.error;
  const hosts = notRestored.map(({ item, error }) => `${item.name} (${messageOf(error)})`);
  throw Failure.of('ssh/rollback-incomplete', { hosts: hosts.join('; ') });
}

function summed(proofs: readonly Proof[]): Proof {
  const [first] = proofs;
  if (!first) return { url: '', how: 'by looking: nothing was changed' };
  if (proofs.length === 1) return first;
  return { url: first.url, how: `on each of ${proofs.length} hosts, the first one ${first.how}` };
}

import type {
  Direction,
  Evidence,
  PlanFacts,
  ProofOfLife,
  Sighting,
  Target,
} from '@slipway/shared/deploy/target';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { inLanes, type Mishap } from './in-lanes.ts';
import { type HostVerdict, type SitePlan, verdictOf } from './verdict.ts';

/** One host's target. */
export type Site<Change> = Target<SitePlan, Change> & { close(): Promise<void> };

/** What happens once for all hosts, and how many of them at a time. */
export interface FleetSettings {
  maxParallel: number;
  /** Asks the address that all hosts serve together. */
  proveTogether: ((direction: Direction, signal: AbortSignal) => Promise<ProofOfLife>) | undefined;
  clock: Clock;
  say(line: string): void;
}

/** The plans of all hosts. */
export interface FleetPlan<Change> extends PlanFacts {
  plans: ReadonlyMap<Site<Change>, SitePlan>;
}

/** Hosts as one target, and what became of each. */
export interface Fleet<Change>
  extends Target<FleetPlan<Change>, ReadonlyMap<Site<Change>, Change>> {
  verdicts(): HostVerdict[];
  close(): Promise<void>;
}

const pause = 500;

/**
 * Deploys to several hosts as one: prepares all of them, switches the first one alone and proves
 * it, then the others. A failure on one takes back every host that was switched.
 */
export function fleet<Change>(
  sites: ReadonlyArray<Site<Change>>,
  { maxParallel, proveTogether, clock, say }: FleetSettings,
): Fleet<Change> {
  const several = sites.length > 1;
  const [canary] = sites;
  if (!canary) throw new Error('a fleet has at least one host');
  const plans = new Map<Site<Change>, SitePlan>();
  const touched = new Set<Site<Change>>();
  const restored = new Set<Site<Change>>();
  const proven = new Set<Site<Change>>();
  const errors = new Map<Site<Change>, unknown>();
  let lost: ReadonlyArray<Mishap<Site<Change>>> = [];

  const planOf = (site: Site<Change>): SitePlan => {
    const plan = plans.get(site);
    if (!plan) throw new Error(`${site.name} has no plan`);
    return plan;
  };

  const onHost = (site: Site<Change>, error: unknown): unknown => {
    if (!several) return error;
    return error instanceof Failure ? error.at(site.name) : error;
  };

  /** Works on some hosts; what went wrong first is what is thrown. */
  const onEach = async (
    some: Iterable<Site<Change>>,
    signal: AbortSignal,
    work: (site: Site<Change>, signal: AbortSignal) => Promise<void>,
  ) => {
    const mishaps = await inLanes([...some], maxParallel, false, (site) => work(site, signal));
    // When the time is up, what a host has not shown until then says more than that.
    const own = mishaps.filter(({ error }) => error instanceof Failure && error !== signal.reason);
    if (own.length === 0) signal.throwIfAborted();
    const told = own.length > 0 ? own : mishaps;
    for (const { item, error } of told) errors.set(item, error);
    const [first] = told;
    if (first) throw onHost(first.item, first.error);
  };

  const settle = async (site: Site<Change>, change: Change, signal: AbortSignal) => {
    for await (const sighting of site.watch(change, signal)) {
      if (sighting.state === 'failed') throw sighting.failure;
      if (sighting.state === 'settled') break;
    }
    await site.prove(change, 'forward', signal);
    say(`${site.name}: switched and proven`);
  };

  return {
    name: several ? `${sites.length} hosts` : canary.name,

    check: (signal) => onEach(sites, signal, async (site) => site.check?.(signal)),

    async hold(signal) {
      const locks = new AsyncDisposableStack();
      try {
        await onEach(sites, signal, async (site) => {
          const lock = await site.hold?.(signal);
          if (lock) locks.use(lock);
        });
      } catch (error) {
        await locks.disposeAsync();
        throw error;
      }
      return locks;
    },

    async plan(signal) {
      await onEach(sites, signal, async (site) => {
        plans.set(site, await site.plan(signal));
      });
      const all = sites.map(planOf);
      if (new Set(all.map(({ release }) => release)).size > 1) {
        const releases = sites.map((site) => `${site.name} ${planOf(site).release}`);
        throw Failure.of('ssh/releases-differ', { releases: releases.join(', ') });
      }
      const { image, previousImage } = planOf(canary);
      return {
        image,
        previousImage,
        diff: sites.flatMap((site) =>
          planOf(site).diff.map((line) =>
            several ? { ...line, what: `${site.name}: ${line.what}` } : line,
          ),
        ),
        wayBack: all.some((plan) => plan.wayBack === 'previous') ? 'previous' : 'remove',
        plans,
      };
    },

    prepare: (_plan, signal) =>
      onEach(sites, signal, async (site) => site.prepare?.(planOf(site), signal)),

    ...(canary.migrate && {
      migrate: (_plan: FleetPlan<Change>, signal: AbortSignal) =>
        onEach([canary], signal, async (site) => site.migrate?.(planOf(site), signal)),
    }),

    async apply(_plan, signal) {
      const changes = new Map<Site<Change>, Change>();
      const groups = groupsOf(sites, maxParallel);
      for (const group of groups) {
        await onEach(group, signal, async (site) => {
          touched.add(site);
          const change = await site.apply(planOf(site), signal);
          changes.set(site, change);
          // The last group is watched and proven by the engine, with all the others once more.
          if (group !== groups.at(-1)) await settle(site, change, signal);
        });
      }
      return changes;
    },

    watch: (changes, signal) => watchAll(changes, signal),

    async prove(changes, direction, signal) {
      const proofs: ProofOfLife[] = [];
      await onEach(changes.keys(), signal, async (site) => {
        const change = changes.get(site);
        if (change === undefined) return;
        proofs.push(await site.prove(change, direction, signal));
        (direction === 'forward' ? proven : restored).add(site);
      });
      const together = await proveTogether?.(direction, signal);
      const [first] = lost;
      if (first && !several) throw first.error;
      if (first) {
        const hosts = lost.map(({ item, error }) => `${item.name} (${messageOf(error)})`);
        throw Failure.of('ssh/way-back', { hosts: hosts.join('; ') });
      }
      return together ?? summed(proofs);
    },

    async diagnose(_plan, signal): Promise<Evidence> {
      const failed = [...touched].filter((site) => errors.has(site));
      const found = await Promise.all(
        (failed.length > 0 ? failed : [...touched]).map(async (site) => ({
          prefix: several ? `${site.name}: ` : '',
          evidence: await site
            .diagnose(planOf(site), signal)
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

    // Every host that was switched is tried and proven, whatever happens on another one; what
    // could not be taken back is said when the others are proven.
    async rollback(_plan, signal) {
      const changes = new Map<Site<Change>, Change>();
      lost = await inLanes([...touched], maxParallel, true, async (site) => {
        changes.set(site, await site.rollback(planOf(site), signal));
      });
      signal.throwIfAborted();
      for (const { item, error } of lost) errors.set(item, error);
      return changes;
    },

    async finish(_plan, green, signal) {
      const mishaps = await inLanes([...plans.keys()], maxParallel, true, async (site) =>
        site.finish?.(planOf(site), green, signal),
      );
      const [first] = mishaps;
      if (first) throw onHost(first.item, first.error);
    },

    verdicts: () =>
      sites.map((site) =>
        verdictOf(site.name, {
          plan: plans.get(site),
          touched: touched.has(site),
          proven: proven.has(site),
          restored: restored.has(site),
          error: errors.get(site),
        }),
      ),

    async close() {
      await Promise.all(sites.map((site) => site.close()));
    },
  };

  async function* watchAll(
    changes: ReadonlyMap<Site<Change>, Change>,
    signal: AbortSignal,
  ): AsyncGenerator<Sighting> {
    const looks = [...changes].map(([site, change]) => ({
      site,
      sightings: site.watch(change, signal)[Symbol.asyncIterator](),
      settled: false,
    }));
    for (;;) {
      const waiting: string[] = [];
      let failed: Failure | undefined;
      const next = async (look: (typeof looks)[number]) => {
        if (look.settled) return;
        const { value, done } = await look.sightings.next();
        if (done || value.state === 'settled') look.settled = true;
        else if (value.state === 'failed') {
          errors.set(look.site, value.failure);
          failed ??= several ? value.failure.at(look.site.name) : value.failure;
        } else waiting.push(several ? `${look.site.name}: ${value.text}` : value.text);
      };
      await Promise.all(looks.map(next));
      if (failed) return yield { state: 'failed', failure: failed };
      if (waiting.length === 0) return yield { state: 'settled' };
      yield { state: 'progress', text: waiting.join('; ') };
      if (several) await clock.sleep(pause, signal);
    }
  }
}

/** The first one alone, then the others in groups. */
function groupsOf<T>(items: readonly T[], most: number): Array<readonly T[]> {
  const groups: Array<readonly T[]> = [items.slice(0, 1)];
  for (let start = 1; start < items.length; start += most) {
    groups.push(items.slice(start, start + most));
  }
  return groups;
}

function summed(proofs: readonly ProofOfLife[]): ProofOfLife {
  const [first] = proofs;
  if (!first) return { url: '', how: 'by looking: nothing was switched' };
  if (proofs.length === 1) return first;
  return { url: first.url, how: `on each of ${proofs.length} hosts, the first one ${first.how}` };
}

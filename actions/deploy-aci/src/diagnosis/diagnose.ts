import { Findings } from '@slipway/shared/deploy/findings';
import type { Evidence } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, GroupName } from '../api/aci-api.ts';
import { GroupWatch } from '../rollout/group-state.ts';
import { hasEnded, type WatchedContainer } from '../rollout/group-state-container.ts';
import { viewOf } from '../rollout/group-view.ts';
import { troublesOf } from '../rollout/troubles.ts';
import { eventFacts, isWell, stateFacts } from './facts.ts';
import { logTail } from './log-tail.ts';

/** A group whose change failed, and what to ask about it with. */
export interface Diagnosed {
  readonly api: Pick<AciApi, 'getGroup' | 'logLines'>;
  readonly name: GroupName;
  readonly clock: Clock;
  /** The group before the change, whose events are left out. */
  readonly before?: JsonObject | undefined;
}

const mostLogs = 3;

/**
 * Finds out why a change of a group failed: its states, exit codes and events, and the last log lines of
 * the containers that are not well. Only a running group still has them, so it goes before anything is
 * undone. Reads only, and never throws for a thing that cannot be read: that is a fact too.
 * @returns also what is against the new version, where that is known by now: when the time was up, it
 *   says more than the time limit does
 */
export async function diagnose(o: Diagnosed, signal: AbortSignal): Promise<Evidence> {
  const { api, before, clock, name } = o;
  const found = new Findings(clock, signal);
  const group = await found.find('the container group', async (within) => ({
    seen: await api.getGroup(name, within),
  }));
  if (!group) return found.evidence;
  if (!group.seen) {
    found.fact(`there is no container group ${name.name}`);
    return found.evidence;
  }
  const view = viewOf(group.seen);
  const watched = new GroupWatch({ clock, before }).watched(view);
  const [likely] = troublesOf(watched);
  found.fact(...stateFacts(name.name, view, watched));
  const wanted = loggedOf(watched.containers, likely?.container);
  const tails = await Promise.all(
    wanted.map((container) =>
      found.find(`the log of ${container}`, (within) =>
        logTail({ api, clock }, { ...name, container }, within),
      ),
    ),
  );
  for (const [index, container] of wanted.entries()) {
    const lines = tails[index];
    if (lines?.length === 0) found.fact(`container ${container} has written nothing to its log`);
    found.log(container, lines ?? []);
  }
  found.fact(...eventFacts(watched));
  return { ...found.evidence, ...(likely && { likely: likely.failure }) };
}

/** Containers whose log may tell why: those that failed first, and all where none did. */
function loggedOf(
  containers: readonly WatchedContainer[],
  failed: string | undefined,
): readonly string[] {
  const started = containers.filter(hasRun);
  const ill = started.filter((one) => !isWell(one));
  const first = ill.filter(({ name }) => name === failed);
  const rest = ill.filter(({ name }) => name !== failed);
  const all = ill.length > 0 ? [...first, ...rest] : started.filter(({ isInit }) => !isInit);
  return all.slice(0, mostLogs).map(({ name }) => name);
}

function hasRun(container: WatchedContainer): boolean {
  const { exits, previous, restartCount = 0, startTime, state } = container;
  return (
    state === 'Running' ||
    hasEnded(container) ||
    startTime !== undefined ||
    previous !== undefined ||
    exits + restartCount > 0
  );
}

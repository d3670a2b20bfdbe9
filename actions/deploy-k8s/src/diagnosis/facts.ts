import { oneLine } from '@slipway/shared/image/said';
import { formatDuration } from '@slipway/shared/time/duration';
import type { ContainerView, Ended } from '../pods/container-view.ts';
import type { EventView } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import { containerText, countText, endOf } from '../verdict/pod-failure.ts';
import type { Trouble } from '../verdict/trouble.ts';

const mostTroubles = 6;
const mostEvents = 12;
const mostNames = 3;

/** How many pods of the new revision there are. */
export function podsFact(workload: string, pods: readonly PodView[]): string {
  const there = pods.filter(({ isGoing }) => !isGoing);
  const ready = there.filter(({ isReady }) => isReady).length;
  return `${workload}: ${there.length} new ${there.length === 1 ? 'pod' : 'pods'}, ${ready} of them ready`;
}

/** What is against a rollout: the same of several pods is one fact. */
export function troubleFacts(troubles: readonly Trouble[]): readonly string[] {
  const groups = Map.groupBy(
    troubles,
    ({ container, row }) => `${container} ${row.reasons[0]} ${row.when}`,
  );
  return [...groups.values()].slice(0, mostTroubles).map((group) => {
    const names = group.map(({ pod }) => pod?.name).filter((name) => name !== undefined);
    const text = group[0]?.text() ?? '';
    return names.length === 0 ? text : `${podNames(names)}: ${text}`;
  });
}

function podNames(names: readonly string[]): string {
  const some = names.slice(0, mostNames).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${names.length === 1 ? 'pod' : `${names.length} pods:`} ${some}${more}`;
}

/** The state of one container. */
export function containerFact(container: ContainerView, pod: PodView): string {
  const { ended, memoryLimit, previous, ready, restarts, running, waiting } = container;
  const last = ended ?? previous;
  const isOom = last?.reason === 'OOMKilled';
  const text = containerText(container, pod);
  return [
    `${text.charAt(0).toLowerCase()}${text.slice(1)}: ${stateOf({ ended, ready, running, waiting })}`,
    restarts > 0 ? `restarted ${countText(restarts)}` : '',
    !ended && previous ? `before that it ended ${endOf(previous)}${lasted(previous)}` : '',
    isOom ? `its memory limit is ${memoryLimit ?? 'that of its node'}` : '',
    pod.node === '' ? '' : `on node ${pod.node}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function stateOf({
  ended,
  ready,
  running,
  waiting,
}: Pick<ContainerView, 'ended' | 'ready' | 'running' | 'waiting'>): string {
  if (ended) return `ended ${endOf(ended)}${lasted(ended)}`;
  if (running !== undefined) return ready ? 'running, ready' : 'running, not ready';
  const words = [waiting?.reason, oneLine(waiting?.message ?? '')].filter(Boolean).join(', ');
  return `waiting${words === '' ? '' : `, ${words}`}`;
}

function lasted({ finished, started }: Ended): string {
  if (finished === undefined || started === undefined || finished < started) return '';
  return ` after ${formatDuration(finished - started)}`;
}

// What happens to each pod says nothing.
const usual = new Set([
  'Scheduled',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
  'SuccessfulCreate',
  'SuccessfulDelete',
  'ScalingReplicaSet',
  'SuccessfulAttachVolume',
]);

/** What happened to the pods and the workload, the newest first; the same of several pods is one. */
export function eventFacts(events: readonly EventView[]): readonly string[] {
  const told = events.filter(({ reason }) => !usual.has(reason));
  const groups = Map.groupBy(told, ({ container, message, name, reason }) =>
    [reason, container, message.replaceAll(name, '')].join('\n'),
  );
  return [...groups.values()]
    .map((group) => ({ group, last: Math.max(...group.map(({ last }) => last)) }))
    .sort((a, b) => b.last - a.last)
    .slice(0, mostEvents)
    .map(({ group, last }) => eventFact(group, last));
}

function eventFact(group: readonly EventView[], last: number): string {
  const count = group.reduce((sum, one) => sum + one.count, 0);
  const names = [...new Set(group.map(({ name }) => name))];
  const [first] = group;
  const at = last > 0 ? `, ${new Date(last).toISOString().slice(11, 19)} UTC` : '';
  const times = count > 1 ? `, ${count} times` : '';
  const whose = names.length === 1 ? ` of ${names[0]}` : ` of ${names.length} pods`;
  return `event${whose}${times}${at}: ${oneLine(`${first?.reason ?? ''}: ${first?.message ?? ''}`)}`;
}

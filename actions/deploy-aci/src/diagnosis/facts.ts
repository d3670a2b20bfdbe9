import { oneLine } from '@slipway/shared/image/said';
import { formatDuration } from '@slipway/shared/time/duration';
import { endOf } from '../rollout/exit-trouble.ts';
import { hasEnded, type WatchedContainer } from '../rollout/group-state-container.ts';
import { readinessFailure } from '../rollout/group-state-readiness.ts';
import type { ContainerRun, GroupView } from '../rollout/group-view.ts';
import { type GroupEvent, timeOf } from '../rollout/group-view-events.ts';
import type { WatchedGroup } from '../rollout/troubles.ts';

const mostContainers = 8;
const mostEvents = 12;

/** The states of a group and its containers, those that do not run first. */
export function stateFacts(
  name: string,
  { provisioningState = 'not said', state = 'not said' }: GroupView,
  { containers }: WatchedGroup,
): readonly string[] {
  const ordered = [
    ...containers.filter((one) => !isWell(one)),
    ...containers.filter((one) => isWell(one)),
  ];
  const left = ordered.length - mostContainers;
  return [
    oneLine(`container group ${name}: provisioning state ${provisioningState}, state ${state}`),
    ...ordered.slice(0, mostContainers).map(containerFact),
    ...(left > 0 ? [`${left} more containers`] : []),
  ];
}

/** What happened to a group and its containers, the newest first and whatever its type is. */
export function eventFacts({ containers, events }: WatchedGroup): readonly string[] {
  const all = [
    ...events.map((event) => ({ event, place: '' })),
    ...containers.flatMap(({ events: own, name }) => own.map((event) => ({ event, place: name }))),
  ].sort((a, b) => timeOf(b.event) - timeOf(a.event));
  return all.slice(0, mostEvents).map(({ event, place }) => eventFact(event, place));
}

/** Whether a container does what it is for. */
export function isWell(container: WatchedContainer): boolean {
  if (container.done) return true;
  return container.state === 'Running' && container.exits === 0 && !readinessFailure(container);
}

function containerFact(container: WatchedContainer): string {
  const { detail, isInit, name, previous, restartCount = 0, state = 'no state' } = container;
  const now = hasEnded(container)
    ? `ended ${endOf(container)}${lasted(container)}`
    : [state, oneLine(detail)].filter((text) => text !== '').join(', ');
  const before = previous && hasEnded({ ...previous, state: previous.state ?? 'Terminated' });
  const unready = readinessFailure(container);
  return [
    `${isInit ? 'init container' : 'container'} ${name}: ${now}`,
    restartCount > 0 ? `restarted ${restartCount === 1 ? 'once' : `${restartCount} times`}` : '',
    before ? `before that it ended ${endOf(previous)}${lasted(previous)}` : '',
    unready ? oneLine(unready.message) : '',
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function lasted({ finishTime, startTime }: ContainerRun): string {
  if (finishTime === undefined || startTime === undefined || finishTime < startTime) return '';
  return ` after ${formatDuration(finishTime - startTime)}`;
}

function eventFact(event: GroupEvent, place: string): string {
  const time = timeOf(event);
  const at = Number.isFinite(time) ? `, ${new Date(time).toISOString().slice(11, 19)} UTC` : '';
  const times = event.count > 1 ? `, ${event.count} times` : '';
  const whose = place === '' ? '' : ` of ${place}`;
  const said = [event.name, event.message].filter((text) => text !== '').join(': ');
  return `event${whose}${times}${at}: ${oneLine(said)}`;
}

import { oneLine } from '@slipway/shared/image/said';
import type { WatchedContainer } from './group-state-container.ts';
import { readinessFailure } from './group-state-readiness.ts';
import type { GroupView } from './group-view.ts';
import type { WatchedGroup } from './troubles.ts';

/** Where a group is, for people: one line. */
export function progressOf(
  { provisioningState, state }: GroupView,
  { containers }: WatchedGroup,
): string {
  const told = words[provisioningState ?? ''];
  if (told !== undefined) return told;
  const main = containers.filter(({ isInit }) => !isInit);
  const well = main.filter(isWell);
  const count = `${well.length} of ${main.length} ${main.length === 1 ? 'container is' : 'containers are'} running`;
  const rest = containers.filter((one) => (one.isInit ? !one.done : !isWell(one)));
  const waits = rest.slice(0, 3).map((one) => doingOf(one));
  const unready = well.map(unreadyOf).filter((text) => text !== undefined);
  const group = [provisioningState, state].filter(Boolean).join(', ');
  const parts = [...waits.filter((text) => text !== ''), ...unready.slice(0, 3)];
  const what = parts.length > 0 ? `${count}; ${parts.join('; ')}` : count;
  return oneLine(group === '' ? what : `${group}: ${what}`);
}

const words: Readonly<Record<string, string>> = {
  Repairing: 'Azure moves the container group to another machine (Repairing)',
  Unhealthy: 'Azure moves the container group to another machine (Unhealthy)',
  Migrating: 'Azure moves the container group to another machine (Migrating)',
  NotAccessible: 'Azure has no access to the container group at the moment (NotAccessible)',
};

function isWell({ done, isNew, state }: WatchedContainer): boolean {
  return done || (state === 'Running' && isNew !== false);
}

function unreadyOf(container: WatchedContainer): string | undefined {
  const bad = container.readiness && readinessFailure(container);
  return bad && `${container.name} is not ready: ${oneLine(bad.message)}`;
}

/** What keeps a container from running, as far as Azure tells; empty where it tells nothing. */
function doingOf(container: WatchedContainer): string {
  const { detail, events, exits, isNew, name, state } = container;
  const [last] = events;
  const doing = last && doings[last.name];
  const text =
    doing ??
    (isNew === false && state === 'Running' ? 'still runs as before' : undefined) ??
    ([state, detail].filter(Boolean).join(': ') || (last?.message ?? ''));
  const ended = exits > 0 ? `, ended ${exits === 1 ? 'once' : `${exits} times`}` : '';
  return text === '' && ended === '' ? '' : `${name}: ${text}${ended}`;
}

const doings: Readonly<Record<string, string>> = {
  Pulling: 'pulling image',
  Pulled: 'image pulled, starting',
  Created: 'starting',
  Started: 'started',
  BackOff: 'waits before the next try',
  FailedMount: 'a volume could not be mounted yet',
};

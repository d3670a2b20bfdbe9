import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { exitTrouble, probeTrouble } from './exit-trouble.ts';
import type { WatchedContainer } from './group-state-container.ts';
import type { GroupEvent } from './group-view-events.ts';
import { mountCause, startCause } from './known-causes.ts';
import { pullTrouble } from './pull-trouble.ts';
import { enoughTries, hasStarted, type Trouble, triesOf } from './trouble.ts';

/** What a verdict goes by: the parts of a group that the new version has to do with. */
export interface WatchedGroup {
  readonly containers: readonly WatchedContainer[];
  /** Of the group itself since the change; newest first. */
  readonly events: readonly GroupEvent[];
  readonly restartPolicy: string;
}

/** What is against the new version of a group, the decisive first. Never judges by the type of an event. */
export function troublesOf(group: WatchedGroup): readonly Trouble[] {
  const found = [
    mountTrouble(group),
    ...group.containers.map(pullTrouble),
    ...group.containers.map(startTrouble),
    ...group.containers.map(probeTrouble),
    ...group.containers.map((one) => exitTrouble(one, group.restartPolicy)),
  ].filter((one) => one !== undefined);
  return [...found.filter(({ decisive }) => decisive), ...found.filter((one) => !one.decisive)];
}

function mountTrouble({ containers, events }: WatchedGroup): Trouble | undefined {
  // Volumes are mounted before any container starts.
  if (containers.length > 0 && containers.every(hasStarted)) return undefined;
  const all = [...events, ...containers.flatMap((container) => container.events)];
  const failed = all.filter(({ name }) => /^Failed(?:Mount|AttachVolume)$/i.test(name));
  const [last] = failed;
  if (!last) return undefined;
  const { cause, final, remedy } = mountCause(last.message);
  const said = oneLine(last.message);
  return {
    failure: Failure.of('aci/mount', {
      why: said === '' ? cause : `${cause}; Azure: ${said}`,
      remedy,
    }),
    // One that could not be mounted before is tried on until Azure begins with the new version.
    decisive:
      !containers.some(({ doubtful }) => doubtful) && (final || triesOf(failed) >= enoughTries),
    container: undefined,
  };
}

const notStarted =
  /^(?:CreateContainer(?:Config)?Error|RunContainerError|StartError|ContainerCannotRun)\b/;

function startTrouble(container: WatchedContainer): Trouble | undefined {
  if (hasStarted(container) && container.exits === 0) return undefined;
  const failed = container.events.filter(
    ({ message, name }) => name === 'Failed' && !/pull|ErrImage/i.test(message),
  );
  const said = [
    ...failed.map(({ message }) => message),
    ...(notStarted.test(container.detail) ? [container.detail] : []),
  ];
  const [first] = said;
  if (first === undefined) return undefined;
  const known = said.map(startCause);
  const { cause, final, remedy } = known.find((one) => one.final) ?? startCause(first);
  return {
    failure: Failure.of('aci/start', {
      container: container.name,
      why: `${cause}; Azure: ${oneLine(first)}`,
      remedy,
    }),
    decisive: !container.doubtful && (final || triesOf(failed) >= enoughTries),
    container: container.name,
  };
}

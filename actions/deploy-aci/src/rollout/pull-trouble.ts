import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { WatchedContainer } from './group-state-container.ts';
import { type GroupEvent, timeOf } from './group-view-events.ts';
import { pullCause } from './known-causes.ts';
import { enoughTries, hasStarted, type Trouble, triesOf } from './trouble.ts';

/** An image that cannot be pulled. One failed try is enough where the next one cannot end better. */
export function pullTrouble(container: WatchedContainer): Trouble | undefined {
  const { detail, events, image = '' } = container;
  if (hasStarted(container)) return undefined;
  const about = events.filter(isAboutPull);
  const waits = /^(?:Err)?Image(?:Pull|NeverPull)|^InvalidImageName|^ErrImage/.test(detail);
  const [last] = about;
  if ((!last && !waits) || (last && isOver(events, last))) return undefined;
  const failed = about.filter(({ message, name }) => name === 'Failed' && !isEcho(message));
  // The name of an image may have any words in it.
  const words = [...failed.map(({ message }) => message), detail].map((text) =>
    image === '' ? text : text.replaceAll(image, ''),
  );
  const causes = words.map(pullCause);
  const known = causes.find(({ final }) => final) ?? pullCause(words[0] ?? '');
  const said = oneLine(failed[0]?.message ?? last?.message ?? detail);
  return {
    failure: Failure.of('aci/image-pull', {
      container: container.name,
      image: image === '' ? 'its image' : oneLine(image),
      why: `${known.cause}; Azure: ${said}`,
      remedy: known.remedy,
    }),
    decisive: !container.doubtful && (known.final || hasTriedAgain(about, failed)),
    container: container.name,
  };
}

function isAboutPull({ message, name }: GroupEvent): boolean {
  if (name === 'InspectFailed' || name === 'ErrImageNeverPull') return true;
  return (
    (name === 'Failed' || name === 'BackOff') && /pull|ErrImage|InvalidImageName/i.test(message)
  );
}

// Says only that the event before it happened.
function isEcho(message: string): boolean {
  return /^Error: (?:ErrImagePull|ImagePullBackOff)/.test(message);
}

function hasTriedAgain(about: readonly GroupEvent[], failed: readonly GroupEvent[]): boolean {
  if (triesOf(failed) >= enoughTries) return true;
  // The failures themselves may be left out; each pause follows one.
  const pauses = triesOf(about.filter(({ name }) => name === 'BackOff'));
  return failed.length === 0 && pauses >= enoughTries;
}

/** Whether the image was pulled after all. */
function isOver(events: readonly GroupEvent[], failed: GroupEvent): boolean {
  return events.some(
    (event) =>
      (event.name === 'Pulled' || event.name === 'Started') && timeOf(event) > timeOf(failed),
  );
}

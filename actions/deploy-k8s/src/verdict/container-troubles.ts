import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { EventView } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import type { SeenContainer } from './container-memory.ts';
import { containerText, countText, crashFailure, endOf, whyOf } from './pod-failure.ts';
import { rowOf, unknownRow } from './table.ts';
import type { Trouble } from './trouble.ts';
import type { VerdictRow } from './verdict-row.ts';

/** A container and where it is. */
export interface PodPlace {
  readonly pod: PodView;
  /** Of the pod, newest first. */
  readonly events: readonly EventView[];
  /** By the server's clock. */
  readonly now: number;
}

/** What is against a container. */
export function containerTroubles(container: SeenContainer, place: PodPlace): readonly Trouble[] {
  return [
    waitingTrouble(container, place),
    crashTrouble(container, place),
    readinessTrouble(container, place),
  ].filter((one) => one !== undefined);
}

const usual = new Set(['', 'ContainerCreating', 'PodInitializing', 'CrashLoopBackOff']);

function waitingTrouble(container: SeenContainer, place: PodPlace): Trouble | undefined {
  const { image, pullSaid, pullTries, waiting } = container;
  if (!waiting || usual.has(waiting.reason)) return undefined;
  const { reason } = waiting;
  const isPull = reason === 'ErrImagePull' || reason === 'ImagePullBackOff';
  const said = isPull ? pullSaid || waiting.message : waiting.message;
  // The name of an image may have any words in it.
  const words = image === '' ? said : said.replaceAll(image, '');
  const row = rowOf(reason, words) ?? unknownRow(reason, 'start');
  const tried = isPull && pullTries > 1 ? ` (tried ${countText(pullTries)})` : '';
  return {
    ...about(container, place, row),
    seen: [reason],
    times: isPull ? pullTries : Math.max(1, container.exits),
    text: () => `${container.name}: ${reason}, ${row.cause}${tried}`,
    failure: () => waitingFailure(container, place, { row, said }),
  };
}

function waitingFailure(
  container: SeenContainer,
  { events, pod }: PodPlace,
  { row, said }: { row: VerdictRow; said: string },
): Failure {
  const text = containerText(container, pod);
  const { remedy } = row;
  if (row.kind !== 'image') {
    return Failure.of('k8s/start', { container: text, why: whyOf(row, said), remedy });
  }
  const secret = events.find(({ reason }) => reason === 'FailedToRetrieveImagePullSecret');
  const hint = secret ? `; ${oneLine(secret.message)}` : '';
  const image = container.image === '' ? 'its image' : oneLine(container.image);
  return Failure.of('k8s/image-pull', {
    container: text,
    image,
    why: `${whyOf(row, said)}${hint}`,
    remedy,
  });
}

function crashTrouble(container: SeenContainer, place: PodPlace): Trouble | undefined {
  const { exits, lastEnd, ready, waiting } = container;
  if (exits === 0 || (ready && !container.proven)) return undefined;
  const row = crashRow(container);
  const looping = waiting?.reason === 'CrashLoopBackOff' ? ['CrashLoopBackOff'] : [];
  return {
    ...about(container, place, row),
    seen: [...(lastEnd ? [lastEnd.reason || 'Error'] : []), ...looping],
    times: exits,
    text: () => {
      const end = lastEnd ? `, last ${endOf(lastEnd)}` : '';
      return oneLine(`${container.name} ended ${countText(exits)}${end}`);
    },
    failure: () =>
      row.kind === 'start' && lastEnd
        ? waitingFailure(container, place, { row, said: lastEnd.message })
        : crashFailure(container, place.pod, row),
  };
}

function crashRow({ killed, lastEnd, proven }: SeenContainer): VerdictRow {
  const reason = lastEnd?.reason || 'Error';
  const said = lastEnd?.message ?? '';
  const code = String(lastEnd?.exitCode ?? '');
  const start = rowOf(reason, said, 'start');
  if (start) return start;
  // A node that is slow for a moment is no reason to undo what had settled.
  const row = killed !== undefined && proven ? undefined : rowOf(reason, code, 'crash');
  return row ?? rowOf('Error', '', 'crash') ?? unknownRow(reason, 'crash');
}

function readinessTrouble(container: SeenContainer, place: PodPlace): Trouble | undefined {
  const { name, readiness, ready, role, running } = container;
  if (running === undefined || ready || role === 'init') return undefined;
  const failed = place.events.filter(
    ({ container: own, last, message, reason }) =>
      reason === 'Unhealthy' &&
      (own === '' || own === name) &&
      /^(?:Readiness|Startup) probe/i.test(message) &&
      last >= running,
  );
  const [last] = failed;
  const row = last
    ? (rowOf('Unhealthy', last.message) ?? unknownRow('Unhealthy', 'probe'))
    : rowOf('ContainersNotReady', '');
  if (!row) return undefined;
  const times = failed.reduce((sum, { count }) => sum + count, 0);
  const due = readiness
    ? running + readiness.initialDelay + readiness.failures * readiness.period + readiness.timeout
    : running;
  return {
    ...about(container, place, row),
    seen: [last ? 'Unhealthy' : 'ContainersNotReady'],
    times,
    isDue: place.now >= due,
    text: () => `${name} is not ready${last ? `: ${row.cause}` : ''}`,
    failure: () =>
      Failure.of('k8s/not-ready', {
        container: containerText(container, place.pod),
        why: whyOf(row, last?.message ?? ''),
        remedy: row.remedy,
      }),
  };
}

function about(container: SeenContainer, { pod }: PodPlace, row: VerdictRow) {
  const { name, proven, wasWell } = container;
  return { row, pod, container: name, proven, wasWell, isDue: true };
}

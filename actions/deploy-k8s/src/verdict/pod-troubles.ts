import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import { type EventView, timesOf } from '../pods/events.ts';
import type { PodView } from '../pods/pod-view.ts';
import type { PodPlace } from './container-troubles.ts';
import { whyOf } from './pod-failure.ts';
import { rowOf, unknownRow } from './table.ts';
import type { Trouble } from './trouble.ts';
import type { VerdictRow } from './verdict-row.ts';

/** What is against a pod as a whole: no node, no volume, no network, an end from outside. */
export function podTroubles(place: PodPlace): readonly Trouble[] {
  return [
    placeTrouble(place),
    volumeTrouble(place),
    sandboxTrouble(place),
    endTrouble(place),
  ].filter((one) => one !== undefined);
}

const autoscaler = ['NotTriggerScaleUp', 'TriggeredScaleUp', 'Nominated'];

function placeTrouble({ events, pod }: PodPlace): Trouble | undefined {
  const scheduled = pod.conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False' || pod.node !== '') return undefined;
  const reason = scheduled.reason || 'Unschedulable';
  const sign = events.find((event) => autoscaler.includes(event.reason));
  const waits = reason === 'Unschedulable' && sign ? sign.reason : reason;
  const row = rowOf(waits, scheduled.message) ?? unknownRow(waits, 'place');
  const seen = reason === 'Unschedulable' ? [reason, 'FailedScheduling'] : [reason];
  return troubleOf(pod, row, {
    seen: sign ? [...seen, sign.reason] : seen,
    said: scheduled.message,
    code: 'k8s/unschedulable',
  });
}

function volumeTrouble({ events, pod }: PodPlace): Trouble | undefined {
  if (!isPending(pod)) return undefined;
  const failed = events.filter(({ reason }) => volumeReasons.has(reason));
  const rows = failed.map(
    (event) => rowOf(event.reason, event.message) ?? unknownRow(event.reason, 'volume'),
  );
  // The one that tells most: a time-out often follows it.
  const at = Math.max(
    0,
    rows.findIndex(({ verdict }) => verdict !== 'explain'),
  );
  const [row, event] = [rows[at], failed[at]];
  if (!row || !event) return undefined;
  const same = failed.filter((_, index) => rows[index] === row);
  return troubleOf(pod, row, {
    seen: [event.reason],
    said: event.message,
    times: timesOf(same),
    code: 'k8s/volume',
  });
}

const volumeReasons = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'ProvisioningFailed',
]);
const sandboxReasons = new Set([
  'FailedCreatePodSandBox',
  'NetworkNotReady',
  'FailedPodSandBoxStatus',
]);

function sandboxTrouble({ events, pod }: PodPlace): Trouble | undefined {
  const failed = isPending(pod) ? events.filter(({ reason }) => sandboxReasons.has(reason)) : [];
  const [event] = failed;
  if (!event) return undefined;
  const row = rowOf(event.reason, event.message) ?? unknownRow(event.reason, 'place');
  return troubleOf(pod, row, {
    seen: [event.reason],
    said: event.message,
    times: timesOf(failed),
    code: 'k8s/pod',
  });
}

// Also of one that is going: its node or the cluster ended it.
function endTrouble({ pod }: PodPlace): Trouble | undefined {
  const { isOver, message, reason } = pod;
  if (!isOver || reason === '') return undefined;
  const row = rowOf(reason, message, 'pod') ?? unknownRow(reason, 'pod');
  return troubleOf(pod, row, { seen: [reason], said: message, code: 'k8s/pod' });
}

// A node has it, and none of its containers has been started.
function isPending({ containers, node, phase }: PodView): boolean {
  return (
    node !== '' &&
    phase === 'Pending' &&
    containers.every(({ ended, previous, running }) => running === undefined && !ended && !previous)
  );
}

function troubleOf(
  pod: PodView,
  row: VerdictRow,
  o: {
    readonly seen: readonly string[];
    readonly said: string;
    readonly times?: number;
    readonly code: 'k8s/unschedulable' | 'k8s/volume' | 'k8s/pod';
  },
): Trouble {
  const { code, said, seen, times = 1 } = o;
  return {
    row,
    seen,
    pod,
    container: '',
    times,
    wasWell: false,
    proven: false,
    isDue: true,
    text: () => oneLine(whyOf(row, said)),
    failure: () =>
      Failure.of(code, { pod: `Pod ${pod.name}`, why: whyOf(row, said), remedy: row.remedy }),
  };
}

/** Events by the object that they are about, each list newest first. */
export function byObject(events: readonly EventView[]): ReadonlyMap<string, readonly EventView[]> {
  return Map.groupBy(events, ({ about }) => about);
}

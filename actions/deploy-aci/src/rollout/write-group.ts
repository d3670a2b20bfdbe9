import { patiently, withGrace } from '@slipway/shared/deploy/patience';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, GroupName, Operation } from '../api/aci-api.ts';
import { releaseTags, tagOf } from './release-tags.ts';

/** What groups are written with. */
export interface GroupWriter {
  api: AciApi;
  clock: Clock;
  say(line: string): void;
}

/** How long a write that was asked for may still be answered after a cancel, in milliseconds. */
const grace = 3_000;
/** How often a region without room, or an error of Azure's own, is asked again. */
const mostTries = 3;
const pauseWhileChanging = 3_000;
const pauseUntilGone = 1_000;

/**
 * Creates or replaces a group. While another change of it is under way it waits; a region without
 * room and an error of Azure's own are tried three times.
 * @returns the operation; undefined where the answer was lost and the group shows that it was done
 */
export async function writeGroup(
  writer: GroupWriter,
  { name, document }: { name: GroupName; document: JsonObject },
  signal: AbortSignal,
): Promise<Operation | undefined> {
  const { api, clock, say } = writer;
  let tries = 0;
  let waits = false;
  for (;;) {
    try {
      // A write that was asked for is seen to its answer: a rollback has to know of it.
      const { operation } = await withGrace({ clock, grace }, signal, (within) =>
        patiently(() => api.putGroup({ ...name, document }, within), { clock }, within),
      );
      return operation;
    } catch (error) {
      if (!(error instanceof Failure) || signal.aborted) throw error;
      switch (error.code) {
        case 'aci/transitioning':
        case 'aci/unavailable':
          if (await wasWritten(writer, { name, document }, signal)) return undefined;
          if (!waits) say(`${name.name} is being changed: waiting until that is over`);
          waits = true;
          break;
        case 'aci/capacity':
        case 'aci/platform':
        case 'aci/registry':
          tries += 1;
          if (tries >= mostTries) throw error;
          say(`${error.message} Trying again.`);
          break;
        default:
          throw error;
      }
      await clock.sleep(pauseWhileChanging, signal);
    }
  }
}

/** Asks for the deletion of a group; one that is being changed is waited for. */
export async function deleteGroup(
  { api, clock }: GroupWriter,
  name: GroupName,
  signal: AbortSignal,
): Promise<void> {
  await patiently(() => api.deleteGroup(name, signal), { clock, again: isPassing }, signal);
}

/** Deletes a group, and waits until it is gone. */
export async function removeGroup(
  writer: GroupWriter,
  name: GroupName,
  signal: AbortSignal,
): Promise<void> {
  await deleteGroup(writer, name, signal);
  await untilGone(writer, name, signal);
}

/** Waits until a group whose deletion was asked for is gone. */
export async function untilGone(
  { api, clock }: GroupWriter,
  name: GroupName,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const read = () => api.getGroup(name, signal);
    if (!(await patiently(read, { clock, again: isPassing }, signal))) return;
    await clock.sleep(pauseUntilGone, signal);
  }
}

/** Whether Azure refused a call for certain, so that it has changed nothing. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Failure && !isUnanswered(error) && error.code !== 'aci/platform';
}

/** Whether another change of the group is under way. */
export function isTransitioning(error: unknown): boolean {
  return error instanceof Failure && error.code === 'aci/transitioning';
}

/** Whether a call got no usable answer. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Failure && error.code === 'aci/unavailable';
}

function isPassing(error: unknown): boolean {
  return isTransitioning(error) || isUnanswered(error);
}

// Only a release of this run has its address and its image.
async function wasWritten(
  { api, clock }: GroupWriter,
  { name, document }: { name: GroupName; document: JsonObject },
  signal: AbortSignal,
): Promise<boolean> {
  const run = tagOf(document, releaseTags.run);
  if (run === undefined) return false;
  const read = () => api.getGroup(name, signal);
  const group = await patiently(read, { clock, again: isPassing }, signal);
  return (
    tagOf(group, releaseTags.run) === run &&
    tagOf(group, releaseTags.image) === tagOf(document, releaseTags.image)
  );
}

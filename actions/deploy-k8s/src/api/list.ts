import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { collectionCall, objectOf } from './calls.ts';
import type { Selection } from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';

/** Objects of a kind, and the version of the whole list, which a watch goes on from. */
export interface Listed {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
}

const page = 500;
const mostAttempts = 5;

/** Lists all of them, page by page. A list whose next page has expired begins again. */
export async function listAll(
  sender: Sender,
  selection: Selection,
  signal: AbortSignal,
): Promise<Listed> {
  for (let attempt = 1; ; attempt++) {
    const listed = await pages(sender, selection, { signal, isLast: attempt === mostAttempts });
    if (listed) return listed;
  }
}

async function pages(
  sender: Sender,
  selection: Selection,
  { signal, isLast }: { signal: AbortSignal; isLast: boolean },
): Promise<Listed | undefined> {
  const { apiVersion, kind } = selection.resource;
  const items: JsonObject[] = [];
  let next: string | undefined;
  for (;;) {
    const call = collectionCall(selection, {
      doing: 'listing',
      verb: 'list',
      method: 'GET',
      query: {
        labelSelector: selection.labels,
        fieldSelector: selection.fields,
        limit: String(page),
        continue: next,
      },
    });
    const answer = await sender.send(call, signal);
    if (answer.status === 410 && next !== undefined && !isLast) return undefined;
    if (answer.status !== 200) throw refusalOf(answer, call);
    const list = objectOf(answer, call);
    // The objects of a list do not say what they are.
    for (const item of objectsIn(list, 'items')) items.push({ apiVersion, kind, ...item });
    const metadata = objectIn(list, 'metadata');
    next = textIn(metadata, 'continue') || undefined;
    if (next === undefined) {
      return { items, resourceVersion: textIn(metadata, 'resourceVersion') ?? '' };
    }
  }
}

import {
  isJsonList,
  isJsonObject,
  type Json,
  type JsonObject,
  objectIn,
  textIn,
} from '@slipway/shared/document/json-object';
import type { ApiAnswer, ApiCall } from './api-call.ts';
import { collectionCall, objectCall, objectOf, writeQuery } from './calls.ts';
import {
  AlreadyThere,
  FieldConflict,
  fieldManager,
  type KubernetesApi,
  type OthersField,
  Outdated,
  type Written,
} from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';
import { type StatusCause, statusIn } from './status.ts';

type Writes = Pick<KubernetesApi, 'apply' | 'create' | 'replace' | 'patch' | 'delete'>;

/** The writes, by calls whose answer may get lost: what was done before is not done, or refused, again. */
export function openWrites(sender: Sender, get: KubernetesApi['get']): Writes {
  return {
    async apply({ name, object, force = false, dryRun }, signal) {
      const call = objectCall(name, {
        doing: dryRun ? 'trying to apply' : 'applying',
        verb: 'patch',
        method: 'PATCH',
        query: { ...writeQuery({ dryRun }), force: String(force) },
        headers: { 'content-type': 'application/apply-patch+yaml' },
        body: JSON.stringify(object),
      });
      let answer = await sender.send(call, signal);
      if (answer.status === 409 && isOnlyWithUs(answer)) {
        // Another kind of write of ours counts as another manager of the same name.
        const again = { ...call, query: { ...call.query, force: 'true' } };
        answer = await sender.send(again, signal);
      }
      if (isGood(answer)) return written(answer, call);
      if (answer.status !== 409) throw refusalOf(answer, call);
      const fields = takenIn(answer);
      throw fields.length === 0 ? outdated(answer, call) : new FieldConflict(fields);
    },
    async create({ in: collection, object, dryRun }, signal) {
      const name = textIn(objectIn(object, 'metadata'), 'name');
      const call = collectionCall(collection, {
        name,
        doing: dryRun ? 'trying to create' : 'creating',
        verb: 'create',
        method: 'POST',
        query: writeQuery({ dryRun }),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
      });
      const answer = await sender.send(call, signal);
      if (isGood(answer)) return written(answer, call);
      if (answer.status !== 409) throw refusalOf(answer, call);
      if (answer.repeated && name !== undefined) {
        // The attempt whose answer was lost may have made it.
        const made = await get({ ...collection, name }, signal);
        if (made && holds(made, object)) return { object: made, warnings: [] };
      }
      throw new AlreadyThere(wordsIn(answer, call));
    },
    async replace({ name, object, dryRun }, signal) {
      const call = objectCall(name, {
        doing: 'replacing',
        verb: 'update',
        method: 'PUT',
        query: writeQuery({ dryRun }),
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(object),
      });
      const answer = await sender.send(call, signal);
      if (isGood(answer)) return written(answer, call);
      return againOrOutdated(answer, { call, object: withoutVersion(object), name, signal });
    },
    async patch({ name, patch, dryRun }, signal) {
      const call = objectCall(name, {
        doing: 'patching',
        verb: 'patch',
        method: 'PATCH',
        query: { ...writeQuery({ dryRun }), fieldValidation: undefined },
        headers: { 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify(patch),
      });
      const answer = await sender.send(call, signal);
      if (isGood(answer)) return written(answer, call);
      return againOrOutdated(answer, { call, object: withoutVersion(patch), name, signal });
    },
    async delete({ name, only, propagation }, signal) {
      const call = objectCall(name, {
        doing: 'deleting',
        verb: 'delete',
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...(only && { preconditions: only }),
          ...(propagation && { propagationPolicy: propagation }),
        }),
      });
      const answer = await sender.send(call, signal);
      if (isGood(answer) || (answer.status === 404 && statusIn(answer.text)?.name)) return;
      if (answer.status === 409) throw outdated(answer, call);
      throw refusalOf(answer, call);
    },
  };

  async function againOrOutdated(
    answer: ApiAnswer,
    o: {
      call: ApiCall;
      object: JsonObject;
      name: Parameters<KubernetesApi['get']>[0];
      signal: AbortSignal;
    },
  ): Promise<Written> {
    const { call, name, object, signal } = o;
    const isGone = answer.status === 404 && statusIn(answer.text)?.name === name.name;
    if (answer.status !== 409 && !isGone) throw refusalOf(answer, call);
    if (answer.repeated) {
      const live = await get(name, signal);
      if (live && holds(live, object)) return { object: live, warnings: [] };
    }
    throw outdated(answer, call);
  }
}

function isGood({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

function written(answer: ApiAnswer, call: ApiCall): Written {
  return { object: objectOf(answer, call), warnings: answer.warnings };
}

function takenIn({ text }: ApiAnswer): readonly OthersField[] {
  const causes = statusIn(text)?.causes ?? [];
  return causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map((cause) => ({ path: cause.field, manager: managerIn(cause) }));
}

// `conflict with "kubectl-client-side-apply" using apps/v1`
function managerIn({ message }: StatusCause): string {
  return /conflict with "([^"]{1,200})"/.exec(message)?.[1] ?? 'somebody else';
}

function isOnlyWithUs(answer: ApiAnswer): boolean {
  const taken = takenIn(answer);
  return taken.length > 0 && taken.every(({ manager }) => manager === fieldManager);
}

function outdated(answer: ApiAnswer, call: ApiCall): Outdated {
  return new Outdated(wordsIn(answer, call));
}

function wordsIn(answer: ApiAnswer, call: ApiCall): string {
  return `${call.what}: ${statusIn(answer.text)?.message || `HTTP ${answer.status}`}`;
}

function withoutVersion(object: JsonObject): JsonObject {
  const { resourceVersion: _, ...metadata } = objectIn(object, 'metadata');
  return { ...object, metadata };
}

/** Whether all that was sent is there; the server adds more. */
function holds(live: Json | undefined, sent: Json | undefined): boolean {
  if (sent === undefined || sent === null) return live === undefined || live === null;
  if (isJsonObject(sent)) {
    if (live === undefined || !isJsonObject(live)) return false;
    return Object.entries(sent).every(([name, value]) => holds(live[name], value));
  }
  if (isJsonList(sent)) {
    if (live === undefined || !isJsonList(live) || live.length !== sent.length) return false;
    return sent.every((item, at) => holds(live[at], item));
  }
  return JSON.stringify(live) === JSON.stringify(sent);
}

import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import {
  fieldManager,
  type KubernetesApi,
  type ObjectName,
  Outdated,
} from '../api/kubernetes-api.ts';
import { adopt } from '../workload/adopt.ts';
import { applyObject } from '../workload/apply-object.ts';
import type { WantedObject } from '../workload/prepared.ts';
import { appliedFields } from './owned-fields.ts';
import { restore } from './restore.ts';

/** The objects that this run has applied, or may have: an answer can be lost. */
export class AppliedObjects {
  readonly #api: KubernetesApi;
  readonly #begun: WantedObject[] = [];

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  get isEmpty(): boolean {
    return this.#begun.length === 0;
  }

  /** @returns the object as the server stored it */
  async apply(wanted: WantedObject, signal: AbortSignal): Promise<JsonObject> {
    this.#begun.push(wanted);
    const { force, name, object } = wanted;
    await adopt(this.#api, wanted, signal);
    return applyObject(this.#api, { name, object, force }, signal);
  }

  /**
   * Gives each object that was there before what it had, in the order in which they were applied: a
   * workload finds the settings of its version.
   * @param templateOf the pod template to go back to, where it is not that of the object before
   * @returns the objects as the server stored them, by what was wanted of them
   */
  async restore(
    templateOf: (wanted: WantedObject) => JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<WantedObject, JsonObject>> {
    const restored = new Map<WantedObject, JsonObject>();
    for (const wanted of this.#begun) {
      const before = wanted.live;
      if (!before) continue;
      const template = templateOf(wanted);
      restored.set(wanted, await restore(this.#api, { wanted, before, template }, signal));
    }
    return restored;
  }

  /** Deletes what was not there before, last one first. What somebody else has made meanwhile stays. */
  async deleteCreated(signal: AbortSignal): Promise<readonly ObjectName[]> {
    const deleted: ObjectName[] = [];
    for (const { live, name } of this.#begun.toReversed()) {
      if (live) continue;
      const created = await this.#api.get(name, signal);
      if (!created || Object.keys(appliedFields(created, fieldManager)).length === 0) continue;
      const uid = textIn(objectIn(created, 'metadata'), 'uid');
      try {
        // In the foreground: the object goes when its pods are gone.
        await this.#api.delete(
          { name, ...(uid !== undefined && { only: { uid } }), propagation: 'Foreground' },
          signal,
        );
        deleted.push(name);
      } catch (error) {
        if (!(error instanceof Outdated)) throw error;
      }
    }
    return deleted;
  }
}

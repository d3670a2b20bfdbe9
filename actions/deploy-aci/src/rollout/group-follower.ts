import type { RolloutState } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import type { AciApi, GroupName, Operation, OperationState } from '../api/aci-api.ts';
import type { GroupWatch } from './group-state.ts';
import { provisioningState } from './settle.ts';

/** What is followed, and how. */
export interface Followed {
  api: Pick<AciApi, 'getGroup' | 'operationState'>;
  name: GroupName;
  /** What Azure said of the write; undefined where nothing was written. */
  operation: Operation | undefined;
  watch: GroupWatch;
  say(line: string): void;
}

/**
 * Looks at a group after a write. The group itself is the one source of events, restarts and its
 * address; the operation is asked as long as it may tell an error that the group does not show.
 */
export class GroupFollower {
  readonly name: GroupName;
  readonly #followed: Followed;
  #group: JsonObject | undefined;
  #operation: OperationState = { state: 'running' };

  constructor(followed: Followed) {
    this.name = followed.name;
    this.#followed = followed;
  }

  /** The group at the last look. */
  get group(): JsonObject | undefined {
    return this.#group;
  }

  async look(signal: AbortSignal): Promise<RolloutState> {
    const { api, name, operation, watch } = this.#followed;
    this.#group = await api.getGroup(name, signal);
    const over = this.#group && provisioningState(this.#group) === 'Succeeded';
    const asked = operation !== undefined && operation.url !== undefined && !over;
    if (asked && this.#operation.state === 'running') {
      this.#operation = await stateIfTold(this.#followed, operation, signal);
    }
    return watch.look(this.#group, asked ? this.#operation : undefined);
  }
}

/** Asks about an operation. Without the permission the group alone tells, which shows all but a few errors. */
export async function stateIfTold(
  { api, say }: { api: Pick<AciApi, 'operationState'>; say(line: string): void },
  operation: Operation,
  signal: AbortSignal,
): Promise<OperationState> {
  try {
    return await api.operationState(operation, signal);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'aci/denied') throw error;
    say(`${error.message} So the container group alone tells how it is getting on.`);
    return { state: 'unknown' };
  }
}

import { matches } from '../../pattern.ts';
import type { Caller } from './access.ts';
import { ArmError } from './arm-error.ts';

/** One action that was asked for. */
export interface ArmCall {
  /** `Microsoft.ContainerInstance/containerGroups/write` */
  action: string;
  /** Id of the resource. */
  scope: string;
  clientId: string;
  verdict: 'allowed' | 'denied';
}

/** What the roles of the applications allow, and what was asked for so far. */
export class ArmPermissions {
  /** In the order in which they came. */
  readonly calls: ArmCall[] = [];
  readonly #withheld = new Set<string>();

  /** From now on no role allows these actions: `Microsoft.ContainerInstance/containerGroups/write`. */
  withhold(...actions: readonly string[]): void {
    for (const action of actions) this.#withheld.add(action);
  }

  /** Gives back everything that was withheld. */
  restore(): void {
    this.#withheld.clear();
  }

  /** Remembers a call; whether the role allows it. */
  ask(action: string, scope: string, { app: { clientId } }: Caller): boolean {
    const denied = [...this.#withheld].some((pattern) =>
      matches(pattern.toLowerCase(), action.toLowerCase()),
    );
    this.calls.push({ action, scope, clientId, verdict: denied ? 'denied' : 'allowed' });
    return !denied;
  }

  /**
   * Remembers a call, and refuses it where the role does not allow it.
   * @throws ArmError `AuthorizationFailed`
   */
  need(action: string, scope: string, caller: Caller): void {
    if (this.ask(action, scope, caller)) return;
    throw new ArmError(
      403,
      'AuthorizationFailed',
      `The client '${caller.app.clientId}' with object id '${caller.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    );
  }
}

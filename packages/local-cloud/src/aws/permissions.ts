import { matches } from '../pattern.ts';
import { Refusal } from './refusal.ts';
import type { Session } from './sessions.ts';

/** One action that was asked for. */
export interface Call {
  /** `ecs:UpdateService` */
  action: string;
  /** ARN of what it was asked for, or `*`. */
  resource: string;
  /** ARN of the role. */
  role: string;
  /** `free` is what needs no permission, such as sts:GetCallerIdentity. */
  verdict: 'allowed' | 'denied' | 'free';
}

/** What the roles of an AWS may do, and what they asked to do so far. */
export class Permissions {
  /** In the order in which they came. */
  readonly calls: Call[] = [];
  readonly #withheld = new Set<string>();

  /** From now on no policy of any role allows these actions: `ecs:UpdateService`, `logs:*`. */
  withhold(...actions: readonly string[]): void {
    for (const action of actions) this.#withheld.add(action);
  }

  /** Gives back everything that was withheld. */
  restore(): void {
    this.#withheld.clear();
  }

  /** Remembers a call that needs no permission. */
  see(action: string, role: string): void {
    this.calls.push({ action, resource: '*', role, verdict: 'free' });
  }

  /**
   * Remembers a call, and refuses it where the role lacks the permission.
   * @throws Refusal `AccessDeniedException`
   */
  need(action: string, resource: string, { arn, role }: Pick<Session, 'arn' | 'role'>): void {
    const has = (patterns: Iterable<string>) =>
      [...patterns].some((pattern) => matches(pattern, action));
    const allowed = has(role.allow) && !has(this.#withheld);
    const verdict = allowed ? 'allowed' : 'denied';
    this.calls.push({ action, resource, role: role.arn, verdict });
    if (allowed) return;
    throw new Refusal(
      'AccessDeniedException',
      `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`,
    );
  }
}

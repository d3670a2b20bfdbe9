import { randomBytes } from 'node:crypto';
import type { RoleSeed } from './seed.ts';

/** Temporary credentials that STS handed out. */
export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** Milliseconds since the epoch. */
  expires: number;
  role: RoleSeed;
  /** `arn:aws:sts::123456789012:assumed-role/deploy/session` */
  arn: string;
}

/** All temporary credentials of the cloud, by access key. */
export class Sessions {
  readonly #byKey = new Map<string, Session>();

  create(role: RoleSeed, name: string, expires: number): Session {
    const session = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(270).toString('base64'),
      expires,
      role,
      arn: `arn:aws:sts::${accountOf(role)}:assumed-role/${role.arn.split('/').at(-1)}/${name}`,
    };
    this.#byKey.set(session.accessKeyId, session);
    return session;
  }

  /** Ends all of them. */
  expire(now: number): void {
    for (const session of this.#byKey.values()) session.expires = now;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byKey.get(accessKeyId);
  }
}

/** The twelve digits of the account that owns a role. */
export function accountOf(role: RoleSeed): string {
  return role.arn.split(':')[4] ?? '';
}

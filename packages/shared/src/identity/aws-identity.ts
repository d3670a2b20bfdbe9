import type { Clock } from '../time/clock.ts';
import { renewed } from './renewed.ts';

/** Credentials of AWS. All texts are secrets, already masked. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they end; undefined where they do not, or nobody knows. */
  expiration?: Date;
}

/** As whom this job speaks to AWS: one for the whole run, whatever services it is for. */
export interface AwsIdentity {
  /** For people: the ARN of the role, or where the credentials come from. */
  readonly who: string;
  /** Credentials that are good for some minutes more; asked for before every call. */
  credentials(): Promise<AwsCredentials>;
  /**
   * AWS has called these ended, as a runner whose clock is behind does not notice by itself: the next
   * ones are new. Undefined where there are no others.
   */
  ended?(credentials: AwsCredentials): void;
}

/** An identity whose credentials are {@link renewed} before they end. */
export function renewedIdentity(
  who: string,
  clock: Clock,
  get: () => Promise<AwsCredentials>,
): AwsIdentity {
  const credentials = renewed({ clock, get, endOf: ({ expiration }) => expiration?.getTime() });
  return { who, credentials, ended: credentials.ended };
}

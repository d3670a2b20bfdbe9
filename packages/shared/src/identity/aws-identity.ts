import type { Clock } from '../time/clock.ts';

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
}

/** Credentials are renewed so long before they end, in milliseconds. */
const renewBefore = 5 * 60_000;
/** Pause after a renewal that failed while the old ones are still good, in milliseconds. */
const tryAgainAfter = 30_000;

/**
 * An identity whose credentials are got with the first call, and again five minutes before they end.
 * Calls at the same time share one request. A renewal that fails does no harm while the old ones last.
 */
export function renewedIdentity(
  who: string,
  clock: Clock,
  get: () => Promise<AwsCredentials>,
): AwsIdentity {
  let held: AwsCredentials | undefined;
  let asked: Promise<AwsCredentials> | undefined;
  let notBefore = 0;
  const left = ({ expiration }: AwsCredentials) =>
    expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - clock.now();
  return {
    who,
    async credentials() {
      if (held && left(held) > renewBefore) return held;
      if (held && left(held) > 0 && clock.now() < notBefore) return held;
      asked ??= get().finally(() => {
        asked = undefined;
      });
      try {
        held = await asked;
      } catch (error) {
        notBefore = clock.now() + tryAgainAfter;
        if (!held || left(held) <= 0) throw error;
      }
      return held;
    },
  };
}

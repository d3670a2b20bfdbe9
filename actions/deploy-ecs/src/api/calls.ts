import { unlessAborted } from '@slipway/shared/concurrency/unless-aborted';
import { Failure } from '@slipway/shared/failure/failure';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import { refusalOf } from './refusals.ts';

/** A service of AWS, and as whom it is called. */
export interface Caller {
  /** IAM prefix of the service: `ecs`, `logs`, `elasticloadbalancing`. */
  prefix: string;
  identity: AwsIdentity;
  region: string;
}

/** Sends one command by the SDK. */
export type Send<Input, Output> = (
  input: Input,
  options: { abortSignal: AbortSignal },
) => Promise<Output>;

/** For a client of the SDK, which must not keep them: the identity does, and knows when they ended. */
export function credentialsOf(identity: AwsIdentity) {
  return Object.assign(() => identity.credentials(), { memoized: true });
}

/**
 * Makes calls of a service out of commands of its SDK: each ends when its signal aborts, and throws
 * what {@link refusalOf} makes of a refusal.
 */
export function callsOf({ identity, prefix, region }: Caller) {
  return <Input extends object, Output>(operation: string, send: Send<Input, Output>) =>
    async (input: Input, signal: AbortSignal): Promise<Output> => {
      signal.throwIfAborted();
      // The SDK asks for them too, but does not stop waiting when the signal aborts.
      const credentials = await unlessAborted(identity.credentials(), signal);
      const sent = async () => {
        try {
          return await send(input, { abortSignal: signal });
        } catch (error) {
          signal.throwIfAborted();
          throw refusalOf(error, { prefix, operation, who: identity.who, region, input });
        }
      };
      try {
        return await sent();
      } catch (error) {
        if (!identity.ended || !isExpired(error)) throw error;
        identity.ended(credentials);
        await unlessAborted(identity.credentials(), signal);
        return sent();
      }
    };
}

function isExpired(error: unknown): boolean {
  return error instanceof Failure && error.code === 'ecs/session-expired';
}

/** An SDK and its client, loaded and opened with the first call. */
export function onFirstCall<Opened extends { client: { destroy(): void } }>(
  open: () => Promise<Opened>,
): { opened(): Promise<Opened> } & Disposable {
  let opened: Promise<Opened> | undefined;
  return {
    opened() {
      opened ??= open();
      return opened;
    },
    [Symbol.dispose]: () => void opened?.then(({ client }) => client.destroy()),
  };
}

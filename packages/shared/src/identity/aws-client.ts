import { Failure } from '../failure/failure.ts';
import type { Means } from './means.ts';

/**
 * What every AWS client of the suite is made with. Retries stay the SDK's own (three attempts for
 * lost connections, 5xx and throttling); only silence gets a limit. The proxy is the runner's.
 * The SDK reads `AWS_ENDPOINT_URL_<SERVICE>` itself.
 */
export function awsClientSettings(region: string, means: Means) {
  const agent = { proxyEnv: { ...means.env } };
  return {
    region,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  };
}

/** Ends a call when the run is cancelled. */
export function stopWith(means: Means): { abortSignal?: AbortSignal } {
  return means.signal ? { abortSignal: means.signal } : {};
}

/** What an AWS service said in its own words, after the SDK gave up. */
export interface AwsRefusal {
  /** Error code, such as `AccessDenied` or `RepositoryAlreadyExistsException`. */
  code: string;
  message: string;
}

/**
 * Reads a refusal. Undefined for everything else: no answer, 5xx, throttling, or STS that could not
 * reach GitHub.
 */
export function awsRefusal(error: unknown): AwsRefusal | undefined {
  if (!(error instanceof Error && '$fault' in error && error.$fault === 'client')) return undefined;
  return /throttl|toomanyrequests|idpcommunication/i.test(error.name)
    ? undefined
    : { code: error.name, message: error.message };
}

/**
 * The failure for an AWS service that did not answer, or not as it should. Of an unreadable answer
 * nothing is repeated, neither here nor as a cause: credentials may be in it.
 */
export function awsUnavailable(service: string, error: unknown): Failure {
  if (error instanceof Error && '$fault' in error) {
    const said = `${error.name}: ${error.message}`;
    return Failure.of('identity/unavailable', { service, said }, error);
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return Failure.of('identity/unavailable', { service, said: error.code }, error);
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return Failure.of('identity/unavailable', { service, said: 'no answer in time' }, error);
  }
  return Failure.of('identity/unavailable', { service, said: 'the answer could not be read' });
}

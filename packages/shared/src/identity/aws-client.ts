import type { Failure } from '../failure/failure.ts';
import { field, textField } from '../http/json.ts';
import { proxyEnvironment } from '../http/proxy.ts';
import { unusable } from './ask.ts';
import { cloudAddress } from './cloud-address.ts';
import type { IdentityContext } from './context.ts';

/** A service, as its variable `AWS_ENDPOINT_URL_<SERVICE>` names it. */
export type AwsService =
  | 'STS'
  | 'ECR'
  | 'ECR_PUBLIC'
  | 'ECS'
  | 'CLOUDWATCH_LOGS'
  | 'ELASTIC_LOAD_BALANCING_V2';

/**
 * What every AWS client of the suite is made with. Retries stay the SDK's own (three attempts for
 * lost connections, 5xx and throttling; a deployment waits out throttling itself); only silence gets a limit. The proxy is the runner's.
 *
 * Everything that the SDK would look up in `~/.aws` or in general variables is given: on a runner
 * that serves several jobs those are of another one, and an `endpoint_url` there would get this job's
 * token (docs/decisions/0026). Only what names the service in this step's environment counts.
 * @throws Failure `action/input` when `AWS_ENDPOINT_URL_<SERVICE>` is no https address
 */
export function awsClientSettings(service: AwsService, region: string, context: IdentityContext) {
  const { env } = context;
  const agent = { proxyEnv: proxyEnvironment(env) };
  const endpoint = cloudAddress(
    `AWS_ENDPOINT_URL_${service}`,
    env,
    'https://vpce-0123.sts.eu-central-1.vpce.amazonaws.com',
  );
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: env['AWS_USE_DUALSTACK_ENDPOINT'] === 'true',
    useFipsEndpoint: env['AWS_USE_FIPS_ENDPOINT'] === 'true',
    defaultsMode: 'standard' as const,
    retryMode: 'standard',
    maxAttempts: 3,
    userAgentAppId: 'slipway',
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
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
export function stopWith(context: IdentityContext): { abortSignal?: AbortSignal } {
  return context.signal ? { abortSignal: context.signal } : {};
}

/** What an AWS service said in its own words, after the SDK gave up. */
export interface AwsRefusal {
  /** Error code, such as `AccessDenied` or `RepositoryAlreadyExistsException`. */
  code: string;
  message: string;
}

/**
 * Reads a refusal. Undefined for everything else: no answer, 5xx, throttling, STS that could not
 * reach GitHub, or an answer that is not AWS's (a proxy), which the SDK calls unknown.
 */
export function awsRefusal(error: unknown): AwsRefusal | undefined {
  const code = textField(error, 'name');
  if (!code || field(error, '$fault') !== 'client') return undefined;
  if (/throttl|toomanyrequests|idpcommunication|^unknown$/i.test(code)) return undefined;
  return { code, message: textField(error, 'message') ?? '' };
}

/**
 * The failure for an AWS service that did not answer, or not as it should. Of an unreadable answer
 * nothing is repeated, neither here nor as a cause: credentials may be in it.
 */
export function awsUnusable(service: string, error: unknown): Failure {
  const name = textField(error, 'name') ?? '';
  if (field(error, '$fault') !== undefined) {
    const status = field(field(error, '$metadata'), 'httpStatusCode');
    const said = name === 'Unknown' ? '' : ` ${name}: ${textField(error, 'message') ?? ''}`;
    return unusable(service, `HTTP ${status}${said}`, error);
  }
  const code = textField(error, 'code');
  if (code !== undefined) return unusable(service, code, error);
  if (name === 'TimeoutError') return unusable(service, 'no answer in time', error);
  return unusable(service, 'the answer could not be read');
}

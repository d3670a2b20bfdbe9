import { Throttled } from '@slipway/shared/deploy/target';
import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';

/** The call that was refused, as the sentences need it. */
export interface Refused {
  /** IAM prefix of the service: `ecs`, `logs`, `elasticloadbalancing`. */
  prefix: string;
  /** Name of the operation: `UpdateService`. */
  operation: string;
  /** As whom it was called. */
  who: string;
  region: string;
  /** What it was called with. */
  input: object;
}

/**
 * Reads what the SDK threw.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html and the errors
 * of each operation
 * @returns `Throttled` when AWS asked for fewer calls; else a Failure with a code of its own for
 *   each kind of refusal
 */
export function refusalOf(error: unknown, call: Refused): Failure | Throttled {
  const code = textField(error, 'name') ?? '';
  const said = oneLine(`${code}: ${textField(error, 'message') ?? ''}`);
  if (code !== 'LimitExceededException' && isThrottling(error, code)) {
    const retryAfter = retryAfterOf(error);
    return new Throttled(`${call.operation}: ${said}`, {
      cause: error,
      ...(retryAfter !== undefined && { retryAfter }),
    });
  }
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  if (field(error, '$fault') !== 'client' || code === 'Unknown' || Number(status) >= 500) {
    return Failure.of(
      'ecs/unavailable',
      { call: call.operation, said: unansweredBecause(error) },
      error,
    );
  }
  return byCode(code, { ...call, said, error }) ?? byWords({ ...call, said, error });
}

interface Said extends Refused {
  said: string;
  error: unknown;
}

const denied = /^AccessDenied|^NotAuthorized|^Unauthorized/i;
const expired = /^ExpiredToken|^RequestExpired$/;
const unknownCaller =
  /^(?:UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|InvalidAccessKeyId|OptInRequired|NotSignedUp|AuthFailure)/;

function byCode(code: string, call: Said): Failure | undefined {
  const { error, operation, region, said, who } = call;
  const asked = targetOf(call.input);
  if (denied.test(code)) return deniedBy(call);
  if (expired.test(code)) return Failure.of('ecs/session-expired', { who, said }, error);
  if (unknownCaller.test(code)) return Failure.of('ecs/session-invalid', { who, said }, error);
  switch (code) {
    case 'ClusterNotFoundException':
      return Failure.of('ecs/cluster-not-found', { cluster: asked.cluster, region, said }, error);
    case 'ServiceNotFoundException':
      return Failure.of('ecs/service-not-found', { ...asked, region }, error);
    case 'ServiceNotActiveException':
      return Failure.of('ecs/service-inactive', { ...asked, said }, error);
    case 'ServiceDeploymentNotFoundException':
      return Failure.of('ecs/service-deployment-not-found', { said }, error);
    case 'LimitExceededException':
    case 'ServiceQuotaExceededException':
    case 'AttributeLimitExceededException':
      return Failure.of('ecs/quota', { call: operation, said }, error);
    case 'ConflictException':
    case 'UpdateInProgressException':
    case 'ResourceInUseException':
      return Failure.of('ecs/conflict', { call: operation, said }, error);
    case 'PlatformUnknownException':
    case 'PlatformTaskDefinitionIncompatibilityException':
      return Failure.of('ecs/platform', { said }, error);
    case 'UnsupportedFeatureException':
      return Failure.of('ecs/unsupported', { call: operation, region, said }, error);
    case 'BlockedException':
      return Failure.of('ecs/blocked', { said }, error);
    default:
      return undefined;
  }
}

/** ClientException and InvalidParameterException stand for many things; the words tell them apart. */
function byWords(call: Said): Failure {
  const { error, operation, region, said } = call;
  const asked = targetOf(call.input);
  if (
    /describe task definition|task ?definition (?:not found|is inactive|does not exist)/i.test(said)
  ) {
    const { taskDefinition } = asked;
    return Failure.of('ecs/task-definition-not-found', { taskDefinition, region, said }, error);
  }
  if (/cluster (?:not found|was inactive)/i.test(said)) {
    return Failure.of('ecs/cluster-not-found', { cluster: asked.cluster, region, said }, error);
  }
  if (
    /\brole\b.*(?:not valid|invalid)|assume (?:the |this )?(?:iam )?role|role .*does not exist/i.test(
      said,
    )
  ) {
    return Failure.of(
      'ecs/role',
      { call: operation, said: said.replace(/\.$/, ''), roles: rolesIn(call.input) },
      error,
    );
  }
  if (
    /too many|limit (?:was )?exceeded|exceeds? the (?:limit|quota)|you've reached the limit/i.test(
      said,
    )
  ) {
    return Failure.of('ecs/quota', { call: operation, said }, error);
  }
  const invalid = /^(?:InvalidParameter|Validation|Serialization|InvalidParameterValue)/.test(said);
  return Failure.of(invalid ? 'ecs/invalid' : 'ecs/rejected', { call: operation, said }, error);
}

/** ECS does not say which one it means. */
function rolesIn(input: object): string {
  const named = (['taskRoleArn', 'executionRoleArn'] as const).flatMap((name) => {
    const role = textField(input, name);
    return role ? [`${name} ${oneLine(role)}`] : [];
  });
  return named.join(', ');
}

/** AWS names the action and the resource that count: for iam:PassRole it is not the call's own. */
function deniedBy(call: Said): Failure {
  const { error, operation, prefix, said } = call;
  const words = (textField(error, 'message') ?? '').slice(0, longestDenial);
  const named = (pattern: RegExp, otherwise: string) =>
    oneLine(pattern.exec(words)?.[1] ?? otherwise);
  const who = named(/User: (\S+) is not authorized/, call.who);
  const action = named(/not authorized to perform: ([\w-]+:\w+)/, `${prefix}:${operation}`);
  const resource = named(/on resource: (\S+)/, '*');
  return Failure.of('ecs/denied', { who, action, resource, said }, error);
}

const longestDenial = 5_000;

/** What the sentences need of the input of a call. */
function targetOf(input: object) {
  const services: unknown = field(input, 'services');
  const [first] = Array.isArray(services) ? services : [];
  return {
    cluster: textField(input, 'cluster') ?? 'default',
    service:
      textField(input, 'service') ?? textField(input, 'serviceName') ?? String(first ?? 'it names'),
    taskDefinition: textField(input, 'taskDefinition') ?? 'it names',
  };
}

function isThrottling(error: unknown, code: string): boolean {
  return (
    field(field(error, '$metadata'), 'httpStatusCode') === 429 ||
    field(field(error, '$retryable'), 'throttling') === true ||
    /throttl|toomanyrequests|requestlimitexceeded|slowdown/i.test(code)
  );
}

/** The header `retry-after` in seconds, or AWS's own in milliseconds. @returns milliseconds */
function retryAfterOf(error: unknown): number | undefined {
  const headers = field(field(error, '$response'), 'headers');
  const own = Number(textField(headers, 'x-amz-retry-after') ?? Number.NaN);
  const usual = Number(textField(headers, 'retry-after') ?? Number.NaN) * 1_000;
  return [own, usual].find((ms) => Number.isFinite(ms) && ms >= 0);
}

function unansweredBecause(error: unknown): string {
  const name = textField(error, 'name') ?? '';
  const message = textField(error, 'message') ?? '';
  const status = field(field(error, '$metadata'), 'httpStatusCode');
  const known = name === 'Unknown' || name === 'SyntaxError' ? '' : ` ${name}: ${message}`;
  if (typeof status === 'number') return oneLine(`HTTP ${status}${known}`);
  if (name === 'TimeoutError') return 'no answer in time';
  return oneLine(textField(error, 'code') ?? (message || 'no connection'));
}

import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';

/** A refusal, and all that its sentence may need. */
export interface Refused {
  code: string;
  message: string;
  /** Both, fit for a sentence. */
  said: string;
  status: number;
  /** Correlation id. */
  id: string;
  call: string;
  action: string;
  scope: string;
  group: string;
  who: string;
  subscription: string;
}

interface Row {
  code?: RegExp;
  words?: RegExp;
  failure(refused: Refused): Failure;
}

/**
 * The first row whose code and words both fit. Sources:
 * https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors,
 * https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting
 */
const rows: readonly Row[] = [
  {
    code: /^(?:AuthorizationFailed|LinkedAuthorizationFailed|AuthorizationPermissionMismatch|Forbidden)$/,
    failure: denied,
  },
  {
    code: /^InvalidAuthenticationTokenTenant$/,
    failure: (f) => Failure.of('aci/tenant', f),
  },
  {
    code: /^(?:InvalidAuthenticationToken|ExpiredAuthenticationToken|AuthenticationFailed)/,
    failure: (f) => Failure.of('aci/session', f),
  },
  {
    code: /^(?:SubscriptionNotFound|InvalidSubscriptionId|MissingSubscription)$/,
    failure: (f) => Failure.of('aci/subscription', f),
  },
  {
    code: /^(?:ReadOnlyDisabledSubscription|DisabledSubscription|SubscriptionNotActive)/,
    failure: (f) => Failure.of('aci/subscription-disabled', f),
  },
  {
    code: /^(?:MissingSubscriptionRegistration|SubscriptionNotRegistered|NoRegisteredProviderFound)$/,
    failure: (f) => Failure.of('aci/provider-not-registered', f),
  },
  {
    code: /^ResourceGroupNotFound$/,
    failure: (f) => Failure.of('aci/resource-group-not-found', { ...f, group: groupIn(f) }),
  },
  {
    code: /^ResourceGroupBeingDeleted$/,
    failure: (f) => Failure.of('aci/resource-group-deleted', { ...f, group: groupIn(f) }),
  },
  {
    code: /^(?:RequestDisallowedBy(?:Policy|Azure)|PolicyViolation)$/,
    failure: (f) => Failure.of('aci/policy', f),
  },
  { code: /^ScopeLocked$/, failure: (f) => Failure.of('aci/locked', f) },
  {
    code: /^ContainerGroupTransitioning$/,
    failure: (f) => Failure.of('aci/transitioning', f),
  },
  {
    words: /still transitioning|another operation .*in progress/i,
    failure: (f) => Failure.of('aci/transitioning', f),
  },
  { words: /\bquota\b.*(?:exceed|reached)/i, failure: (f) => Failure.of('aci/quota', f) },
  { code: /Quota(?:Exceeded|Reached)/, failure: (f) => Failure.of('aci/quota', f) },
  {
    words: /not available in the location .* at this moment|capacity (?:is|was) not available/i,
    failure: (f) => Failure.of('aci/capacity', f),
  },
  {
    words: /updates on container group .* are invalid|delete it first/i,
    failure: (f) => Failure.of('aci/immutable', f),
  },
  {
    words: /dns name label .* not available|try using a different label/i,
    failure: (f) => Failure.of('aci/label-taken', f),
  },
  { code: /^DnsNameLabel|^DnsRecordInUse$/, failure: (f) => Failure.of('aci/label-taken', f) },
  { code: /^InaccessibleImage$/, failure: (f) => Failure.of('aci/image-inaccessible', f) },
  { code: /^RegistryErrorResponse$/, failure: (f) => Failure.of('aci/registry', f) },
  { code: /^OsVersionNotSupported$/, failure: (f) => Failure.of('aci/os-version', f) },
  {
    code: /^(?:LocationNotAvailableForResourceType|InvalidResourceLocation|LocationRequired|InvalidLocation)$/,
    failure: (f) => Failure.of('aci/location', f),
  },
  {
    code: /^(?:SkuNotAvailable|ResourceRequestsNotAvailable|InvalidZone\w*|ZonesNotSupported\w*)$/,
    failure: (f) => Failure.of('aci/size', f),
  },
  {
    words: /resource (?:requests?|requirement)s? .*not (?:available|supported)/i,
    failure: (f) => Failure.of('aci/size', f),
  },
  {
    code: /subnet|virtualnetwork|vnet|networkprofile/i,
    failure: (f) => Failure.of('aci/subnet', f),
  },
  {
    code: /^(?:Conflict|OperationNotAllowed|PreconditionFailed|OperationPreempted)$/,
    failure: (f) => Failure.of('aci/conflict', f),
  },
  {
    code: /^(?:InternalServerError|InternalError|InternalOperationError|ServiceUnavailable|ServerTimeout|GatewayTimeout|ServerBusy)$/,
    failure: platform,
  },
];

/** The failure for a refusal; one for each kind. */
export function failureFor(refused: Refused): Failure {
  const { code, message, status } = refused;
  const row = rows.find((one) => fits(one.code, code) && fits(one.words, message));
  if (row) return row.failure(refused);
  if (status >= 500) return platform(refused);
  const invalid = status === 400 || /^(?:Invalid|Missing|Duplicate|Unsupported|Bad)/.test(code);
  return Failure.of(invalid ? 'aci/invalid' : 'aci/rejected', refused);
}

function fits(pattern: RegExp | undefined, text: string): boolean {
  return pattern?.test(text) ?? true;
}

function platform(refused: Refused): Failure {
  const { call } = refused;
  const first = call.charAt(0).toUpperCase() + call.slice(1);
  return Failure.of('aci/platform', { ...refused, call: first });
}

/** Azure names the action and the resource that count: those of an identity or a subnet may be others. */
function denied(refused: Refused): Failure {
  const { message } = refused;
  const linked = /perform action\(s\) '([\w./, ]+)' on the linked scope\(s\) '([^']+)'/.exec(
    message,
  );
  const own = /perform action '([\w./]+)' over scope '([^']+)'/.exec(message);
  const [, action = refused.action, scope = refused.scope] = linked ?? own ?? [];
  return Failure.of('aci/denied', { ...refused, action: oneLine(action), scope: oneLine(scope) });
}

function groupIn({ group, message }: Refused): string {
  return oneLine(/[Rr]esource group '([^']+)'/.exec(message)?.[1] ?? group);
}

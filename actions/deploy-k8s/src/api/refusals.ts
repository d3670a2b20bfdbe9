import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { ClusterAccess } from '../connection/access.ts';
import { type ApiCall, unusable, whole } from './api-call.ts';
import { type ApiStatus, statusIn } from './status.ts';

/** What a refusal means. Whoever may not do a thing and what an admission forbids are both 403. */
export function refusalOf(answer: { status: number; text: string }, call: ApiCall): Failure {
  const status = statusIn(answer.text);
  if (status === undefined) {
    const said = `HTTP ${answer.status}, which is no answer of Kubernetes`;
    return answer.status === 413 ? tooLarge(call, 'HTTP 413') : unusable(call, said);
  }
  return failureFor(status, { ...call, code: answer.status });
}

/** The same of a Status, as a watch gives it. */
export function failureFor(status: ApiStatus, call: ApiCall & { code: number }): Failure {
  const facts = { call: whole(call.what), said: status.message || `HTTP ${call.code}` };
  switch (call.code) {
    case 403:
      return forbidden(status, call);
    case 404:
      return notFound(status, call);
    case 400:
    case 422:
      return invalid(status, call);
    case 413:
      return tooLarge(call, facts.said);
    case 405:
    case 406:
    case 415:
      return Failure.of('k8s/unsupported', facts);
  }
  if (call.code >= 500) return broken(status, call);
  return Failure.of('k8s/rejected', facts);
}

/** The failure of a token, certificate or password that the server does not take. */
export function notAccepted(status: ApiStatus | undefined, access: ClusterAccess): Failure {
  const { identity, server } = access;
  return Failure.of('k8s/unauthorized', {
    server: server.host,
    who: identity.who,
    said: status?.message || 'HTTP 401',
    remedy: identity.remedy,
  });
}

function forbidden(status: ApiStatus, call: ApiCall): Failure {
  const { message } = status;
  const facts = { call: whole(call.what), said: message };
  if (status.causes.some(({ reason }) => reason === 'NamespaceTerminating')) {
    return Failure.of('k8s/namespace-terminating', { ...facts, namespace: call.namespace ?? '' });
  }
  // Only the authorizer names the user: everything else was let through by it.
  const user = /\bUser "([^"]{0,500})" cannot\b/.exec(message)?.[1];
  if (user === undefined) return admission(message, facts);
  return Failure.of('k8s/denied', {
    user: oneLine(user),
    verb: call.verb,
    resource: call.group === '' ? call.resource : `${call.resource}.${call.group}`,
    place: call.namespace === undefined ? 'the whole cluster' : `namespace ${call.namespace}`,
    rule: ruleFor(call),
    binding: call.namespace === undefined ? 'ClusterRole' : 'Role',
  });
}

/** The rule of a Role that allows a call, as it stands in YAML. */
export function ruleFor(call: Pick<ApiCall, 'group' | 'resource' | 'verb'>): string {
  const { group, resource, verb } = call;
  return `{ apiGroups: ["${group}"], resources: ["${resource}"], verbs: ["${verb}"] }`;
}

function admission(message: string, facts: { call: string; said: string }): Failure {
  if (/violates PodSecurity/.test(message)) return Failure.of('k8s/pod-security', facts);
  if (/exceeded quota|failed quota/.test(message)) return Failure.of('k8s/quota', facts);
  if (/(?:maximum|minimum) .{1,80} usage per/.test(message)) {
    return Failure.of('k8s/limit-range', facts);
  }
  return Failure.of('k8s/admission', facts);
}

function notFound(status: ApiStatus, call: ApiCall): Failure {
  const namespace = call.namespace ?? '';
  if (status.kind === 'namespaces' && status.name === namespace) {
    return Failure.of('k8s/no-namespace', { namespace });
  }
  if (status.name === '') {
    return Failure.of('k8s/no-such-kind', { call: whole(call.what), resource: call.resource });
  }
  return Failure.of('k8s/rejected', { call: whole(call.what), said: status.message });
}

function invalid(status: ApiStatus, call: ApiCall): Failure {
  const facts = { call: whole(call.what), said: status.message };
  const { message } = status;
  if (/denied the request|admission webhook/.test(message)) {
    return Failure.of('k8s/admission', facts);
  }
  if (/Too long: (?:must|may not)[^:]{1,60} bytes/.test(message)) {
    return tooLarge(call, facts.said);
  }
  const immutable = status.causes.filter((cause) => /field is immutable/.test(cause.message));
  const named = immutable.map((cause) => cause.field).filter((name) => name !== '');
  if (immutable.length > 0 || /field is immutable|updates to .{1,80} are forbidden/.test(message)) {
    const fields = named.length > 0 ? [...new Set(named)].join(', ') : 'a field';
    return Failure.of('k8s/immutable', { ...facts, fields });
  }
  const causes = status.causes
    .filter((cause) => cause.field !== '')
    .map((cause) => `${cause.field}: ${cause.message}`);
  const said = causes.length === 0 ? facts.said : causes.join('; ');
  return Failure.of('k8s/invalid', { call: facts.call, said });
}

function tooLarge(call: ApiCall, said: string): Failure {
  return Failure.of('k8s/too-large', { call: whole(call.what), said });
}

function broken(status: ApiStatus, call: ApiCall): Failure {
  const facts = { call: whole(call.what), said: status.message };
  if (/failed calling webhook/.test(status.message)) return Failure.of('k8s/webhook', facts);
  // Server-side apply says of a field that there is not: 500.
  if (/typed patch object|field not declared in schema/.test(status.message)) {
    return Failure.of('k8s/invalid', facts);
  }
  return Failure.of('k8s/unavailable', facts);
}

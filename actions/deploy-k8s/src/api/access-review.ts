import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import { objectIn } from '@slipway/shared/document/json-object';
import type { ApiCall } from './api-call.ts';
import { objectOf } from './calls.ts';
import type { Permission } from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';

const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const atATime = 8;

/**
 * Asks the server which of these it would not allow.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
export async function deniedOf(
  sender: Sender,
  asked: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const denied = new Set<Permission>();
  const errors = await eachLimited(asked, { limit: atATime, whatever: false }, async (one) => {
    if (!(await isAllowed(sender, one, signal))) denied.add(one);
  });
  if (errors[0]) throw errors[0].error;
  return asked.filter((one) => denied.has(one));
}

async function isAllowed(
  sender: Sender,
  { group, name, namespace, resource, verb }: Permission,
  signal: AbortSignal,
): Promise<boolean> {
  const [plural = '', part] = resource.split('/');
  const attributes = {
    verb,
    group,
    resource: plural,
    ...(part !== undefined && { subresource: part }),
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
  const call: ApiCall = {
    what: 'asking for the permissions',
    verb: 'create',
    group: 'authorization.k8s.io',
    resource: 'selfsubjectaccessreviews',
    namespace: undefined,
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    }),
  };
  const answer = await sender.send(call, signal);
  if (answer.status !== 201 && answer.status !== 200) throw refusalOf(answer, call);
  return objectIn(objectOf(answer, call), 'status')['allowed'] === true;
}

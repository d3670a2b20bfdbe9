import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Throttled } from '@slipway/shared/deploy/target';
import { statusObject } from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import {
  AlreadyThere,
  FieldConflict,
  Outdated,
  type Resource,
} from '../../src/api/kubernetes-api.ts';
import {
  pod,
  podPath,
  pods,
  podsOfShop,
  type Scripting,
  signal,
  startScripting,
} from './scripted.ts';

let scripting: Scripting;

beforeEach(async () => {
  scripting = await startScripting();
});
afterEach(async () => {
  await scripting[Symbol.asyncDispose]();
});

const deployments: Resource = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  isNamespaced: true,
};
const shop = { resource: deployments, namespace: 'shop', name: 'shop' };
const path = '/apis/apps/v1/namespaces/shop/deployments';
const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: { replicas: 2 },
};
const one = `${podPath}/a`;
const a = { ...podsOfShop, name: 'a' };
const apply = () => scripting.api.apply({ name: shop, object }, signal);

const refuse = (code: number, reason: string, message: string, details?: object) => {
  const body = statusObject(code, reason, message, details);
  scripting.server.on(({ path: at }) => at.startsWith(path), { status: code, body });
};
const invalid = (message: string, ...causes: object[]) =>
  refuse(422, 'Invalid', message, { name: 'shop', kind: 'Deployment', causes });

describe('what a refusal means', () => {
  it.each<[string, () => void, string, string]>([
    [
      'a permission that is missing',
      () =>
        refuse(
          403,
          'Forbidden',
          'deployments.apps "shop" is forbidden: User "github:repo:org/app:ref:refs/heads/main" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
          { name: 'shop', group: 'apps', kind: 'deployments' },
        ),
      'k8s/denied',
      'github:repo:org/app:ref:refs/heads/main may not patch deployments.apps in namespace shop.',
    ],
    [
      'a quota',
      () =>
        refuse(
          403,
          'Forbidden',
          'pods "shop-1" is forbidden: exceeded quota: few, requested: pods=1, used: pods=3, limited: pods=3',
        ),
      'k8s/quota',
      'limited: pods=3',
    ],
    [
      'Pod Security',
      () =>
        refuse(
          403,
          'Forbidden',
          'pods "shop" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
        ),
      'k8s/pod-security',
      'runAsNonRoot != true',
    ],
    [
      'a LimitRange',
      () =>
        refuse(
          403,
          'Forbidden',
          'pods "shop" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
        ),
      'k8s/limit-range',
      'maximum cpu usage per Container is 1',
    ],
    [
      'a policy of a webhook',
      () =>
        refuse(
          403,
          'Forbidden',
          'admission webhook "validate.kyverno.svc-fail" denied the request: no latest tags',
        ),
      'k8s/admission',
      'no latest tags',
    ],
    [
      'a webhook that does not answer',
      () =>
        refuse(
          500,
          'InternalError',
          'Internal error occurred: failed calling webhook "v.example.com": failed to call webhook: context deadline exceeded',
        ),
      'k8s/webhook',
      'v.example.com',
    ],
    [
      'a namespace that is being deleted',
      () =>
        refuse(
          403,
          'Forbidden',
          'deployments.apps "shop" is forbidden: unable to create new content in namespace shop because it is being terminated',
          {
            causes: [
              { reason: 'NamespaceTerminating', message: 'namespace shop is being terminated' },
            ],
          },
        ),
      'k8s/namespace-terminating',
      'The namespace shop is being deleted',
    ],
    [
      'no such namespace',
      () =>
        refuse(404, 'NotFound', 'namespaces "shop" not found', {
          name: 'shop',
          kind: 'namespaces',
        }),
      'k8s/no-namespace',
      'There is no namespace shop in the cluster.',
    ],
    [
      'a selector, which stays as it is',
      () =>
        invalid(
          'Deployment.apps "shop" is invalid: spec.selector: Invalid value: …: field is immutable',
          {
            reason: 'FieldValueInvalid',
            message: 'Invalid value: {"app":"b"}: field is immutable',
            field: 'spec.selector',
          },
        ),
      'k8s/immutable',
      'would change spec.selector, which stays as it was created',
    ],
    [
      'what a StatefulSet does not change',
      () =>
        invalid(
          'StatefulSet.apps "shop" is invalid: spec: Forbidden: updates to statefulset spec for fields other than replicas are forbidden',
          { reason: 'FieldValueForbidden', message: 'Forbidden: updates to …', field: 'spec' },
        ),
      'k8s/immutable',
      'would change a field, which stays as it was created',
    ],
    [
      'fields that are wrong, all of them',
      () =>
        invalid(
          'Deployment.apps "shop" is invalid: …',
          {
            reason: 'FieldValueInvalid',
            message: 'must be greater than 0',
            field: 'spec.replicas',
          },
          { reason: 'FieldValueRequired', message: 'Required value', field: 'spec.template' },
        ),
      'k8s/invalid',
      'spec.replicas: must be greater than 0; spec.template: Required value',
    ],
    [
      'an unknown field',
      () => refuse(400, 'BadRequest', 'strict decoding error: unknown field "spec.replica"'),
      'k8s/invalid',
      'unknown field "spec.replica"',
    ],
    [
      'too large',
      () => refuse(413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728'),
      'k8s/too-large',
      'limit is 3145728',
    ],
    [
      'annotations that are too large',
      () =>
        invalid(
          'Deployment.apps "shop" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
        ),
      'k8s/too-large',
      '262144 bytes',
    ],
    [
      'a server without server-side apply',
      () => refuse(415, 'UnsupportedMediaType', 'the body of the request was in an unknown format'),
      'k8s/unsupported',
      'unknown format',
    ],
    [
      'a page that is no answer of Kubernetes',
      () =>
        scripting.server.on(({ path: at }) => at.startsWith(path), {
          status: 403,
          body: '<html>sign in</html>',
          headers: { 'content-type': 'text/html' },
        }),
      'k8s/unavailable',
      'HTTP 403, which is no answer of Kubernetes',
    ],
  ])('%s', async (_, script, code, words) => {
    script();
    await expect(apply()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(scripting.server.requests).toHaveLength(1);
  });

  it('a permission that is missing: the rule to add', async () => {
    const message =
      'pods "a" is forbidden: User "deploy" cannot get resource "pods" in API group "" in the namespace "shop"';
    scripting.server.on(`GET ${one}`, {
      status: 403,
      body: statusObject(403, 'Forbidden', message),
    });
    await expect(scripting.api.get(a, signal)).rejects.toMatchObject({
      remedy: expect.stringContaining('`{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }`'),
    });
  });

  it('a field of somebody else, and who it is', async () => {
    refuse(409, 'Conflict', 'Apply failed with 1 conflict', {
      causes: [
        {
          reason: 'FieldManagerConflict',
          message: 'conflict with "kubectl-client-side-apply" using apps/v1',
          field: '.spec.replicas',
        },
      ],
    });
    const error: unknown = await apply().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FieldConflict);
    expect(error).toMatchObject({
      fields: [{ path: '.spec.replicas', manager: 'kubectl-client-side-apply' }],
    });
  });

  it('a field of ours, from another kind of write, is no conflict', async () => {
    const causes = [
      { reason: 'FieldManagerConflict', message: 'conflict with "slipway" using v1', field: '.a' },
    ];
    const body = statusObject(409, 'Conflict', 'Apply failed', { causes });
    scripting.server.on(`PATCH ${path}/shop`, { status: 409, body }, { status: 200, body: object });
    expect((await apply()).object).toEqual(object);
    expect(scripting.server.requests.map(({ query }) => query.get('force'))).toEqual([
      'false',
      'true',
    ]);
  });

  it('a write to what somebody else has changed, deleted or made', async () => {
    const { api } = scripting;
    refuse(409, 'Conflict', 'the object has been modified', { name: 'shop' });
    await expect(api.replace({ name: shop, object }, signal)).rejects.toBeInstanceOf(Outdated);
    await expect(api.patch({ name: shop, patch: {} }, signal)).rejects.toBeInstanceOf(Outdated);
    await expect(api.delete({ name: shop, only: { uid: 'x' } }, signal)).rejects.toBeInstanceOf(
      Outdated,
    );
    refuse(404, 'NotFound', 'deployments.apps "shop" not found', {
      name: 'shop',
      kind: 'deployments',
    });
    await expect(api.replace({ name: shop, object }, signal)).rejects.toBeInstanceOf(Outdated);
    await api.delete({ name: shop }, signal);
    refuse(409, 'AlreadyExists', 'deployments.apps "shop" already exists', { name: 'shop' });
    await expect(api.create({ in: shop, object }, signal)).rejects.toBeInstanceOf(AlreadyThere);
  });
});

describe('what is asked again', () => {
  const later = (code: number, reason: string, more: object = {}) => ({
    status: code,
    body: statusObject(code, reason, 'later'),
    ...more,
  });
  const good = { status: 200, body: pod('a', '1') };

  it.each([
    ['429', later(429, 'TooManyRequests', { headers: { 'retry-after': '1' } })],
    ['503', later(503, 'ServiceUnavailable')],
    ['504', later(504, 'Timeout')],
    ['500 ServerTimeout', later(500, 'ServerTimeout')],
    ['502 of a load balancer', { status: 502, body: 'bad gateway' }],
    ['a reset', 'reset' as const],
  ])('%s', async (_, answer) => {
    scripting.server.on(`GET ${one}`, answer, answer, good);
    expect(await scripting.api.get(a, signal)).toMatchObject({ metadata: { name: 'a' } });
    expect(scripting.server.requests).toHaveLength(3);
  });

  it('Retry-After is waited for', async () => {
    const { api, clock, server } = scripting;
    server.on(
      `GET ${one}`,
      later(429, 'TooManyRequests', { headers: { 'retry-after': '9' } }),
      good,
    );
    const start = clock.now();
    await api.get(a, signal);
    expect(clock.now() - start).toBeGreaterThanOrEqual(9_000);
  });

  it('not for ever: then it is Throttled, with what the server asks for', async () => {
    const headers = { 'retry-after': '30' };
    scripting.server.on(`GET ${one}`, later(429, 'TooManyRequests', { headers }));
    const error: unknown = await scripting.api.get(a, signal).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Throttled);
    expect(error).toMatchObject({ retryAfter: 30_000 });
    expect(scripting.server.requests).toHaveLength(1);
  });

  it('a creation whose answer is lost is not made twice', async () => {
    const { api, server } = scripting;
    const body = statusObject(409, 'AlreadyExists', 'pods "a" already exists', { name: 'a' });
    server.on(`POST ${podPath}`, 'lost', { status: 409, body });
    server.on(`GET ${one}`, { status: 200, body: { ...pod('a', '1'), spec: { x: 1, y: 2 } } });
    const made = { metadata: { name: 'a', namespace: 'shop' }, spec: { x: 1 } };
    expect((await api.create({ in: podsOfShop, object: made }, signal)).object).toMatchObject({
      metadata: { uid: 'uid-a' },
    });
    const other = { ...made, spec: { x: 7 } };
    server.on(`POST ${podPath}`, 'lost', { status: 409, body });
    await expect(api.create({ in: podsOfShop, object: other }, signal)).rejects.toBeInstanceOf(
      AlreadyThere,
    );
  });

  it('an inner error of a write is not repeated', async () => {
    refuse(500, 'InternalError', 'etcdserver: leader changed');
    await expect(apply()).rejects.toMatchObject({ code: 'k8s/unavailable' });
    expect(scripting.server.requests).toHaveLength(1);
  });

  it('a cancel ends the wait at once', async () => {
    scripting.server.on(`GET ${one}`, 'silent');
    const cancel = new AbortController();
    const asked = scripting.api.get(a, cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled')), 20);
    await expect(asked).rejects.toThrow('cancelled');
  });
});

describe('who asks', () => {
  it('401 in the middle: a new token once, the same request again', async () => {
    const { api, server } = scripting;
    server.authenticate(async (given) => (given === 'Bearer token-2' ? 'deploy' : undefined));
    server.on(`GET ${one}`, { status: 200, body: pod('a', '1') });
    expect(await api.get(a, signal)).toMatchObject({ metadata: { name: 'a' } });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('401 in the middle of a log, and of what a pod is asked: a new token once', async () => {
    const { api, server } = scripting;
    const takes = (token: string) =>
      server.authenticate(async (given) => (given === `Bearer ${token}` ? 'deploy' : undefined));
    server.on(`GET ${one}/log`, { status: 200, body: 'one\ntwo\n' });
    takes('token-2');
    const source = { namespace: 'shop', pod: 'a', container: 'web' };
    expect(await api.logLines({ ...source, most: 5 }, signal)).toEqual(['one', 'two']);
    takes('token-3');
    const lines: string[] = [];
    for await (const line of api.followLog(source, signal)) lines.push(line);
    expect(lines).toEqual(['one', 'two']);
    const proxied = ({ path: at }: { path: string }) => at.includes('/proxy/health');
    server.on(proxied, { status: 200, body: 'well' });
    takes('token-4');
    const pod = { kind: 'pods', namespace: 'shop', name: 'a', port: '3000' } as const;
    const asked = { ...pod, scheme: 'http', path: '/health' } as const;
    expect(await api.ask(asked, signal)).toEqual({ status: 200, body: 'well' });
    // An app may say 401 too, and that is no word about our token.
    server.on(proxied, { status: 401, body: 'who are you?' });
    expect(await api.ask(asked, signal)).toEqual({ status: 401, body: 'who are you?' });
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer token-4');
    expect(server.requests).toHaveLength(7);
  });

  it('a second 401 stops it, with the hint of the way in', async () => {
    scripting.server.authenticate(async () => undefined);
    await expect(scripting.api.get(a, signal)).rejects.toMatchObject({
      code: 'k8s/unauthorized',
      message: expect.stringContaining('does not accept the user of the test: Unauthorized'),
      remedy: 'Do what the test says.',
    });
    expect(scripting.server.requests).toHaveLength(2);
  });

  it('the clock of the server is that of its answers', async () => {
    const { api, clock, server } = scripting;
    server.now = () => clock.now() + 600_000;
    server.on(`GET ${one}`, { status: 200, body: pod('a', '1') });
    await api.get(a, signal);
    expect(api.serverNow() - clock.now()).toBeGreaterThan(595_000);
    expect(api.serverNow() - clock.now()).toBeLessThan(605_000);
  });

  it('warnings are told', async () => {
    const headers = {
      warning: ['299 - "would violate PodSecurity \\"restricted\\""', '299 - "b"'],
    };
    scripting.server.on(`PATCH ${path}/shop`, { status: 200, body: object, headers });
    expect((await apply()).warnings).toEqual(['would violate PodSecurity "restricted"', 'b']);
  });

  it('names go into the address as words', async () => {
    const { api, server } = scripting;
    await api
      .get({ resource: pods, namespace: 'shop', name: 'a/b?c#d%2e' }, signal)
      .catch(() => undefined);
    expect(server.requests[0]?.path).toBe('/api/v1/namespaces/shop/pods/a%2Fb%3Fc%23d%252e');
    await expect(api.get({ ...podsOfShop, name: '..' }, signal)).rejects.toThrow('is not the name');
    expect(server.requests).toHaveLength(1);
  });
});

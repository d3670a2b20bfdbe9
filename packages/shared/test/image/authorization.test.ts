import { describe, expect, it } from '@jest/globals';
import { client, image, type Reply, refusal, type Seen, serve } from './fake-registry.ts';

const app = image();
const me = { username: 'me', password: 's3:crét' };
const basic = `Basic ${Buffer.from('me:s3:crét').toString('base64')}`;

/** A registry with a token service at /token, which gives `token-1`, `token-2`, … */
async function tokenRegistry(
  options: {
    token?: (seen: Seen, count: number) => Reply;
    valid?: (token: string, seen: Seen) => boolean;
    scope?: (seen: Seen) => string;
    answer?: (seen: Seen) => Reply;
  } = {},
) {
  let count = 0;
  const server = await serve((seen) => {
    if (seen.path.startsWith('/token')) {
      count++;
      const usual = { body: JSON.stringify({ token: `token-${count}`, expires_in: 300 }) };
      return options.token?.(seen, count) ?? usual;
    }
    const sent = /^Bearer (.+)$/.exec(seen.headers.authorization ?? '')?.[1];
    const valid = options.valid ?? ((token: string) => token.startsWith('token-'));
    if (sent !== undefined && valid(sent, seen)) return options.answer?.(seen) ?? app.manifest;
    const scope = options.scope?.(seen) ?? 'repository:acme/app:pull';
    const challenge = `Bearer realm="http://${server.host}/token",service="fake",scope="${scope}"`;
    return {
      ...refusal(401, 'UNAUTHORIZED', 'authentication required'),
      headers: { 'www-authenticate': challenge },
    };
  });
  return server;
}

function asked(seen: Seen | undefined) {
  const query = new URL(seen?.path ?? '', 'http://x').searchParams;
  return { service: query.get('service'), scopes: query.getAll('scope') };
}

describe('a registry with a token service', () => {
  it('gets a token for the repository, with the credentials only there', async () => {
    await using server = await tokenRegistry();
    await client(server.host, { credentials: me }).resolve('acme/app', '1');
    expect(server.seen.map(({ headers }) => headers.authorization)).toStrictEqual([
      undefined,
      basic,
      'Bearer token-1',
    ]);
    expect(asked(server.seen[1])).toStrictEqual({
      service: 'fake',
      scopes: ['repository:acme/app:pull'],
    });
  });

  it('is anonymous without credentials', async () => {
    await using server = await tokenRegistry();
    await client(server.host).resolve('acme/app', '1');
    expect(server.seen[1]?.headers.authorization).toBeUndefined();
  });

  it('exchanges an identity token', async () => {
    const token = (): Reply => ({ body: '{"access_token":"token-from-refresh"}' });
    await using server = await tokenRegistry({ token });
    await client(server.host, { credentials: { identityToken: 'r3fresh' } }).resolve(
      'acme/app',
      '1',
    );
    expect(server.seen[1]).toMatchObject({ method: 'POST', path: '/token' });
    expect(Object.fromEntries(new URLSearchParams(server.seen[1]?.body))).toStrictEqual({
      grant_type: 'refresh_token',
      refresh_token: 'r3fresh',
      client_id: 'slipway',
      service: 'fake',
      scope: 'repository:acme/app:pull',
    });
    expect(server.seen[2]?.headers.authorization).toBe('Bearer token-from-refresh');
  });

  it('uses a token again, and gets one per scope', async () => {
    await using server = await tokenRegistry({
      answer: ({ method }) => (method === 'PUT' ? { ...app.manifest, status: 201 } : app.manifest),
    });
    const registry = client(server.host, { credentials: me });
    const manifest = await registry.manifest('acme/app', '1');
    await registry.resolve('acme/app', '2');
    await registry.putTag('acme/app', '2', manifest);
    await registry.putTag('acme/app', '3', manifest);
    expect(server.lines().map((line) => line.replace(/\?.*/, ''))).toStrictEqual([
      'GET /v2/acme/app/manifests/1',
      'GET /token',
      'GET /v2/acme/app/manifests/1',
      'HEAD /v2/acme/app/manifests/2',
      'GET /token',
      'PUT /v2/acme/app/manifests/2',
      'PUT /v2/acme/app/manifests/3',
    ]);
    expect(asked(server.seen[4]).scopes).toStrictEqual(['repository:acme/app:pull,push']);
  });

  it('shares a token between requests at the same time', async () => {
    await using server = await tokenRegistry();
    const registry = client(server.host);
    await Promise.all(['1', '2', '3', '4'].map((tag) => registry.resolve('acme/app', tag)));
    expect(server.lines().filter((line) => line.startsWith('GET /token'))).toHaveLength(1);
  });

  it('does not share a token with a request that needs more', async () => {
    const tags = (seen: Seen) => seen.path.includes('/tags/');
    const rich = new Set<string>();
    let count = 0;
    await using server = await tokenRegistry({
      scope: (seen) => `repository:acme/app:${tags(seen) ? 'metadata_read' : 'pull'}`,
      token: (seen) => {
        const token = `token-${++count}`;
        if (asked(seen).scopes.some((scope) => scope.endsWith('metadata_read'))) rich.add(token);
        return { body: JSON.stringify({ token }) };
      },
      valid: (token, seen) => !tags(seen) || rich.has(token),
      answer: (seen) => (tags(seen) ? { body: '{"tags":["1"]}' } : app.manifest),
    });
    const registry = client(server.host, { credentials: me });
    const [list] = await Promise.all([
      registry.tags('acme/app'),
      registry.resolve('acme/app', '1'),
    ]);
    expect(list).toStrictEqual(['1']);
    expect(await registry.tags('acme/app')).toStrictEqual(['1']);
  });

  it('renews a token that has run out', async () => {
    let spent = false;
    await using server = await tokenRegistry({ valid: (token) => token !== 'token-1' || !spent });
    const registry = client(server.host);
    await registry.resolve('acme/app', '1');
    spent = true;
    await registry.resolve('acme/app', '2');
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer token-2');
  });

  it('asks for what the registry wants on top, for this repository only', async () => {
    await using server = await tokenRegistry({
      scope: () => 'repository:acme/app:metadata_read repository:other/app:push',
      answer: () => ({ body: '{"tags":[]}' }),
    });
    await client(server.host).tags('acme/app');
    expect(asked(server.seen[1]).scopes).toStrictEqual([
      'repository:acme/app:pull',
      'repository:acme/app:metadata_read',
    ]);
  });

  it.each<[string, Reply, string]>([
    [
      'Docker Hub',
      { status: 401, body: '{"details":"incorrect username or password"}' },
      'status 401, incorrect username or password',
    ],
    ['ghcr.io', refusal(403, 'DENIED', 'denied'), 'status 403, DENIED: denied'],
    [
      'OAuth 2',
      { status: 400, body: '{"error":"invalid_grant","error_description":"expired"}' },
      'status 400, invalid_grant: expired',
    ],
    ['a page', { status: 401, body: '<h1>no</h1>' }, 'status 401'],
  ])('passes on why the token service refused, as %s says it', async (_, token, said) => {
    await using server = await tokenRegistry({ token: () => token });
    await expect(
      client(server.host, { credentials: me }).resolve('acme/app', '1'),
    ).rejects.toMatchObject({
      code: 'image/denied',
      message: `${server.host} refused access to acme/app: ${said}.`,
    });
  });

  it('says that nobody gave credentials', async () => {
    await using server = await tokenRegistry({ valid: () => false });
    await expect(client(server.host).resolve('acme/app', '1')).rejects.toMatchObject({
      code: 'image/denied',
      message: `${server.host} refused access to acme/app: status 401, UNAUTHORIZED: authentication required (no credentials were given).`,
    });
    expect(server.seen.length).toBeLessThan(8);
  });

  it.each(['{}', '{"token":""}', '{"token":"a\\r\\nb"}', 'token', '[]'])(
    'does not go on with %s for a token',
    async (body) => {
      await using server = await tokenRegistry({ token: () => ({ body }) });
      await expect(client(server.host).resolve('acme/app', '1')).rejects.toMatchObject({
        code: 'image/registry',
        message: expect.stringContaining('no usable token'),
      });
    },
  );

  it('does not go on when nobody gives tokens', async () => {
    const headers = { 'www-authenticate': 'Bearer service="x"' };
    await using server = await serve(() => ({ status: 401, headers }));
    await expect(client(server.host).resolve('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
      message: expect.stringContaining('names no service'),
    });
  });
});

describe('a registry with Basic authentication', () => {
  const headers = { 'www-authenticate': 'Basic realm="Registry"' };
  const guarded = ({ headers: { authorization } }: Seen): Reply =>
    authorization === basic ? app.manifest : { status: 401, headers };

  it('gets the credentials once it asks, and from then on', async () => {
    await using server = await serve(guarded);
    const registry = client(server.host, { credentials: me });
    await registry.resolve('acme/app', '1');
    await registry.resolve('acme/app', '2');
    expect(server.seen.map((seen) => seen.headers.authorization)).toStrictEqual([
      undefined,
      basic,
      basic,
    ]);
  });

  it.each([[{ username: 'me', password: 'wrong' }], [{ identityToken: 'x' }], [undefined]])(
    'refuses %j',
    async (credentials) => {
      await using server = await serve(guarded);
      const registry = client(server.host, credentials && { credentials });
      await expect(registry.resolve('acme/app', '1')).rejects.toMatchObject({
        code: 'image/denied',
      });
      expect(server.seen.length).toBeLessThan(6);
    },
  );
});

it('prefers a token where both are offered', async () => {
  await using server = await tokenRegistry();
  await using front = await serve((seen) =>
    seen.headers.authorization?.startsWith('Bearer ')
      ? app.manifest
      : {
          status: 401,
          headers: {
            'www-authenticate': `Basic realm="x", Bearer realm="http://${server.host}/token"`,
          },
        },
  );
  await client(front.host, { credentials: me }).resolve('acme/app', '1');
  expect(front.seen.at(-1)?.headers.authorization).toBe('Bearer token-1');
});

describe('checkAccess', () => {
  const jwt = (actions: string[]) => {
    const access = [{ type: 'repository', name: 'acme/app', actions }];
    return `e30.${Buffer.from(JSON.stringify({ access })).toString('base64url')}.sig`;
  };
  const giving = (token: string) => ({
    token: () => ({ body: JSON.stringify({ token }) }),
    valid: () => true,
    answer: () => ({ body: '{}' }),
  });

  it('only reads', async () => {
    await using server = await tokenRegistry(giving(jwt(['pull', 'push'])));
    await client(server.host, { credentials: me }).checkAccess('acme/app', 'pull,push');
    expect(server.lines().map((line) => line.replace(/\?.*/, ''))).toStrictEqual([
      'GET /v2/',
      'GET /token',
      'GET /v2/',
    ]);
    expect(asked(server.seen[1]).scopes[0]).toBe('repository:acme/app:pull,push');
  });

  it('notices a token that allows less than was asked for', async () => {
    await using server = await tokenRegistry(giving(jwt(['pull'])));
    const registry = client(server.host, { credentials: me });
    await registry.checkAccess('acme/app', 'pull');
    await expect(registry.checkAccess('acme/app', 'pull,push')).rejects.toMatchObject({
      code: 'image/denied',
      message: `${server.host} refused access to acme/app: the token it gives does not allow to push.`,
    });
  });

  it.each([['*'], ['pull', 'push', 'delete']])('takes permission for %s', async (...actions) => {
    await using server = await tokenRegistry(giving(jwt(actions)));
    await client(server.host, { credentials: me }).checkAccess('acme/app', 'pull,push');
  });

  it('takes a token that tells nothing', async () => {
    await using server = await tokenRegistry(giving('b3BhcXVl'));
    await client(server.host, { credentials: me }).checkAccess('acme/app', 'pull,push');
  });

  it('takes a registry that asks for nothing', async () => {
    await using server = await serve(() => ({ body: '{}' }));
    await client(server.host).checkAccess('acme/app', 'pull,push');
    expect(server.lines()).toStrictEqual(['GET /v2/']);
  });

  it('notices wrong credentials with Basic authentication', async () => {
    const headers = { 'www-authenticate': 'Basic realm="Registry"' };
    await using server = await serve((seen) =>
      seen.headers.authorization === basic ? { body: '{}' } : { status: 401, headers },
    );
    await client(server.host, { credentials: me }).checkAccess('acme/app', 'pull,push');
    const wrong = client(server.host, { credentials: { username: 'me', password: 'x' } });
    await expect(wrong.checkAccess('acme/app', 'pull')).rejects.toMatchObject({
      code: 'image/denied',
    });
  });

  it('notices that there is no registry', async () => {
    await using server = await serve(() => ({ status: 404, body: 'nginx' }));
    await expect(client(server.host).checkAccess('acme/app', 'pull')).rejects.toMatchObject({
      code: 'image/not-found',
    });
  });
});

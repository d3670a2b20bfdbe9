import { describe, expect, it } from '@jest/globals';
import { client, image, refusal, serve } from './fake-registry.ts';

const app = image();
const me = { username: 'me', password: 'hunter2-hunter2' };
const basic = Buffer.from('me:hunter2-hunter2').toString('base64');
const challenge = { 'www-authenticate': 'Basic realm="Registry"' };

describe('redirects', () => {
  it('to other hosts get no credentials', async () => {
    await using storage = await serve(() => ({ body: app.config.body }));
    await using server = await serve(({ path, headers }) => {
      if (!headers.authorization) return { status: 401, headers: challenge };
      if (!path.includes('/blobs/')) return app.manifest;
      return { status: 307, headers: { location: `http://${storage.host}/blob?signature=x` } };
    });
    const registry = client(server.host, { credentials: me });
    expect(await registry.platforms('acme/app', '1')).toStrictEqual(['linux/amd64']);
    expect(storage.seen).toHaveLength(1);
    expect(storage.seen[0]?.headers.authorization).toBeUndefined();
    expect(storage.seen[0]?.headers.cookie).toBeUndefined();
  });

  it('back to the registry from another host get none either', async () => {
    await using server = await serve(({ path, headers }) => {
      if (path === '/back') return { body: app.config.body };
      if (!headers.authorization) return { status: 401, headers: challenge };
      if (!path.includes('/blobs/')) return app.manifest;
      return { status: 302, headers: { location: `http://${storage.host}/` } };
    });
    await using storage = await serve(() => ({
      status: 302,
      headers: { location: `http://${server.host}/back` },
    }));
    await client(server.host, { credentials: me }).platforms('acme/app', '1');
    expect(server.seen.at(-1)?.path).toBe('/back');
    expect(server.seen.at(-1)?.headers.authorization).toBeUndefined();
  });

  it('on the same host keep them', async () => {
    await using server = await serve(({ path, headers }) => {
      if (!headers.authorization) return { status: 401, headers: challenge };
      if (path.startsWith('/moved/')) return app.manifest;
      return { status: 308, headers: { location: `/moved${path}` } };
    });
    await client(server.host, { credentials: me }).manifest('acme/app', '1');
    expect(server.lines().at(-1)).toBe('GET /moved/v2/acme/app/manifests/1');
  });

  it('without end are given up', async () => {
    await using server = await serve(({ path }) => ({ status: 302, headers: { location: path } }));
    await expect(client(server.host).manifest('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
      message: expect.stringContaining('more than 5 redirects'),
    });
    expect(server.seen).toHaveLength(6);
  });

  it('to plain http on another host are refused', async () => {
    await using server = await serve(() => ({
      status: 307,
      headers: { location: 'http://storage.example.com/blob' },
    }));
    await expect(client(server.host).manifest('acme/app', '1')).rejects.toMatchObject({
      code: 'image/insecure',
      message: `storage.example.com (named by ${server.host}) would be spoken to over plain http, which is only done on loopback.`,
    });
  });
});

it.each([
  'http://auth.example.com/token',
  'http://127.0.0.1.example.com/token',
  'file:///etc/passwd',
])('a token service at %s is refused before it gets the credentials', async (realm) => {
  const urls: string[] = [];
  const watched: typeof fetch = (url, init) => {
    urls.push(String(url));
    return fetch(url, init);
  };
  const headers = { 'www-authenticate': `Bearer realm="${realm}",service="x"` };
  await using server = await serve(() => ({ status: 401, headers }));
  const registry = client(server.host, { credentials: me, fetch: watched });
  await expect(registry.resolve('acme/app', '1')).rejects.toMatchObject({ code: 'image/insecure' });
  expect(urls).toStrictEqual([`http://${server.host}/v2/acme/app/manifests/1`]);
});

it('a remote registry is asked over https, and never led to plain http on this machine', async () => {
  const urls: string[] = [];
  const fake: typeof fetch = async (url) => {
    urls.push(String(url));
    return new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:8080/' } });
  };
  await expect(client('ghcr.io', { fetch: fake }).resolve('acme/app', '1')).rejects.toMatchObject({
    code: 'image/insecure',
  });
  expect(urls).toStrictEqual(['https://ghcr.io/v2/acme/app/manifests/1']);
});

it('Docker Hub is asked where its API is, and called by its name', async () => {
  const urls: string[] = [];
  const fake: typeof fetch = async (url) => {
    urls.push(String(url));
    return new Response('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]}', {
      status: 404,
    });
  };
  await expect(client('docker.io', { fetch: fake }).manifest('library/node', 'x')).rejects.toThrow(
    'The registry has no image docker.io/library/node:x.',
  );
  expect(urls).toStrictEqual(['https://registry-1.docker.io/v2/library/node/manifests/x']);
});

describe('what the registry says', () => {
  it('is one line of bounded length, without control characters', async () => {
    const message = `no\r\n::error::forged\u001b[31m\u202e ${'x'.repeat(5_000)}`;
    await using server = await serve(() => refusal(400, 'ODD', message));
    const failure: unknown = await client(server.host)
      .manifest('acme/app', '1')
      .catch((error: unknown) => error);
    const text = failure instanceof Error ? failure.message : '';
    expect(text).toContain('status 400, ODD: no ::error::forged [31m xxx');
    expect(text).not.toMatch(/[\p{Cc}\p{Cf}\n\r]/u);
    expect(text.length).toBeLessThan(500);
  });

  it.each([
    ['the password', 'you sent hunter2-hunter2'],
    ['the header', `you sent Basic ${basic}`],
  ])('never repeats %s', async (_, message) => {
    await using server = await serve(({ headers }) =>
      headers.authorization ? refusal(403, 'DENIED', message) : { status: 401, headers: challenge },
    );
    await expect(
      client(server.host, { credentials: me }).manifest('acme/app', '1'),
    ).rejects.toMatchObject({ message: expect.stringMatching(/you sent (Basic )?\*\*\*\.$/) });
  });

  it.each([
    ['an identity token', (body: string) => new URLSearchParams(body).get('refresh_token')],
    ['a token', () => 'bearer-secret'],
  ])('never repeats %s', async (_, secretOf) => {
    let secret: string | null = null;
    await using server = await serve(({ path, headers, body }) => {
      if (path === '/token') {
        secret = secretOf(body);
        return { body: '{"access_token":"bearer-secret"}' };
      }
      if (headers.authorization) return refusal(403, 'DENIED', `no entry for ${secret}`);
      const realm = `Bearer realm="http://${server.host}/token"`;
      return { status: 401, headers: { 'www-authenticate': realm } };
    });
    await expect(
      client(server.host, { credentials: { identityToken: 'r3fresh-r3fresh' } }).manifest(
        'a/b',
        '1',
      ),
    ).rejects.toMatchObject({ message: expect.stringContaining('no entry for ***.') });
  });
});

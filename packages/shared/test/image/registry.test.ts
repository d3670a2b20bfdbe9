import { describe, expect, it } from '@jest/globals';
import { InvalidReference } from '../../src/image/reference.ts';
import {
  client,
  document,
  image,
  type Reply,
  refusal,
  serve,
  sha256,
  types,
} from './fake-registry.ts';

const app = image();
const list = document(types.index, {
  schemaVersion: 2,
  mediaType: types.index,
  manifests: [
    {
      mediaType: types.manifest,
      digest: app.manifest.digest,
      size: app.manifest.body.length,
      platform: { os: 'linux', architecture: 'amd64' },
    },
    {
      mediaType: types.manifest,
      digest: sha256('arm'),
      size: 3,
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
    },
    {
      mediaType: types.manifest,
      digest: sha256('provenance'),
      size: 3,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    },
  ],
});
const unknown = refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown');

describe('resolve', () => {
  it('answers a tag by one HEAD request', async () => {
    await using server = await serve(() => app.manifest);
    expect(await client(server.host).resolve('acme/app', '1.4.2')).toStrictEqual({
      digest: app.manifest.digest,
      mediaType: types.manifest,
      size: app.manifest.body.length,
    });
    expect(server.lines()).toStrictEqual(['HEAD /v2/acme/app/manifests/1.4.2']);
    const accepted = server.seen[0]?.headers.accept?.split(', ');
    expect(accepted).toEqual(
      expect.arrayContaining([types.index, types.manifest, types.dockerList, types.dockerManifest]),
    );
  });

  it('answers a digest', async () => {
    await using server = await serve(() => list);
    const { digest } = await client(server.host).resolve('acme/app', list.digest);
    expect(digest).toBe(list.digest);
  });

  it.each<[string, Reply]>([
    ['is not allowed', { status: 405 }],
    ['has no digest', { headers: { 'content-type': types.manifest } }],
    ['has no type', { ...app.manifest, headers: { 'docker-content-digest': app.manifest.digest } }],
    [
      'has no length',
      { ...app.manifest, headers: { ...app.manifest.headers, 'content-length': '0' } },
    ],
    [
      'has the length of what was packed unasked',
      {
        ...app.manifest,
        headers: {
          ...app.manifest.headers,
          'content-encoding': 'gzip',
          'content-length': '20',
        },
      },
    ],
    [
      'has a digest that is none',
      { headers: { ...app.manifest.headers, 'docker-content-digest': 'x' } },
    ],
  ])('falls back to GET when HEAD %s', async (_, head) => {
    await using server = await serve(({ method }) => (method === 'HEAD' ? head : app.manifest));
    expect(await client(server.host).resolve('acme/app', '1')).toStrictEqual({
      digest: app.manifest.digest,
      mediaType: types.manifest,
      size: app.manifest.body.length,
    });
  });

  it('works out the digest where the registry never tells it', async () => {
    const bare = { body: app.manifest.body, headers: { 'content-type': types.manifest } };
    await using server = await serve(() => bare);
    const { digest } = await client(server.host).resolve('acme/app', '1');
    expect(digest).toBe(app.manifest.digest);
  });

  it('says what is missing', async () => {
    await using server = await serve(() => unknown);
    await expect(client(server.host).resolve('acme/app', '1')).rejects.toMatchObject({
      code: 'image/not-found',
      message: `The registry has no image ${server.host}/acme/app:1.`,
    });
  });

  it('does not take another digest for the one that was asked for', async () => {
    await using server = await serve(() => list);
    await expect(
      client(server.host).resolve('acme/app', app.manifest.digest),
    ).rejects.toMatchObject({
      code: 'image/mismatch',
      message: `${server.host}/acme/app@${app.manifest.digest} reads back as ${list.digest}, not ${app.manifest.digest}.`,
    });
  });

  it.each([
    ['acme/app', '../../other/app/manifests/1'],
    ['acme/app', ''],
    ['../acme', '1'],
    ['Acme/app', '1'],
    ['acme/app?x', '1'],
  ])('asks nothing about %s and %s', async (repository, reference) => {
    await using server = await serve(() => app.manifest);
    const registry = client(server.host);
    await expect(registry.resolve(repository, reference)).rejects.toThrow(InvalidReference);
    await expect(registry.manifest(repository, reference)).rejects.toThrow(InvalidReference);
    expect(server.lines()).toStrictEqual([]);
  });
});

describe('manifest', () => {
  it('hands over the exact bytes', async () => {
    const spaced = `${app.manifest.body}\n \n`;
    await using server = await serve(() => ({
      body: spaced,
      headers: { 'content-type': `${types.manifest}; charset=utf-8` },
    }));
    const manifest = await client(server.host).manifest('acme/app', sha256(spaced));
    expect(Buffer.from(manifest.bytes).toString()).toBe(spaced);
    expect(manifest).toMatchObject({
      digest: sha256(spaced),
      mediaType: types.manifest,
      size: spaced.length,
      content: { kind: 'image', config: { digest: app.config.digest }, layers: [] },
    });
  });

  it.each([
    ['the digest that was asked for', app.manifest.digest, sha256(`${app.manifest.body} `)],
    ['the digest that was promised', '1', app.manifest.digest],
  ])('refuses a body without %s', async (_, reference, promised) => {
    const body = `${app.manifest.body} `;
    const headers = { 'content-type': types.manifest, 'docker-content-digest': promised };
    await using server = await serve(() => ({ body, headers }));
    await expect(client(server.host).manifest('acme/app', reference)).rejects.toMatchObject({
      code: 'image/mismatch',
    });
  });

  it('refuses what is no manifest', async () => {
    const headers = { 'content-type': 'text/html' };
    await using server = await serve(() => ({ body: '<h1>Welcome</h1>', headers }));
    await expect(client(server.host).manifest('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
      message: `${server.host} failed to read ${server.host}/acme/app:1: it sent no manifest of a known type (Content-Type "text/html").`,
    });
  });

  it('refuses an answer without end', async () => {
    await using server = await serve(() => ({ body: ' '.repeat(8 * 1024 * 1024 + 1) }));
    await expect(client(server.host).manifest('acme/app', '1')).rejects.toMatchObject({
      code: 'image/registry',
      message: expect.stringContaining('the answer is longer than 8388608 bytes'),
    });
  });
});

describe('platforms', () => {
  it('lists those of an index, without attestations', async () => {
    await using server = await serve(() => list);
    expect(await client(server.host).platforms('acme/app', '1')).toStrictEqual([
      'linux/amd64',
      'linux/arm64/v8',
    ]);
    expect(server.lines()).toStrictEqual(['GET /v2/acme/app/manifests/1']);
  });

  it("reads a single image's from its config", async () => {
    const arm = image({ os: 'linux', architecture: 'arm', variant: 'v7' });
    await using server = await serve(({ path }) =>
      path.includes('/blobs/') ? { body: arm.config.body } : arm.manifest,
    );
    expect(await client(server.host).platforms('acme/app', '1')).toStrictEqual(['linux/arm/v7']);
    expect(server.lines()).toStrictEqual([
      'GET /v2/acme/app/manifests/1',
      `GET /v2/acme/app/blobs/${arm.config.digest}`,
    ]);
  });

  it('does not believe a config that is not the one of the manifest', async () => {
    await using server = await serve(({ path }) =>
      path.includes('/blobs/') ? { body: '{"os":"plan9","architecture":"mips"}' } : app.manifest,
    );
    await expect(client(server.host).platforms('acme/app', '1')).rejects.toMatchObject({
      code: 'image/mismatch',
    });
  });

  it('knows that a chart runs nowhere', async () => {
    const chart = document(types.manifest, {
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        digest: sha256('x'),
        size: 1,
      },
      layers: [],
    });
    await using server = await serve(() => chart);
    expect(await client(server.host).platforms('acme/chart', '1')).toStrictEqual([]);
  });
});

describe('tags', () => {
  it('follows the pages, on its own host whatever the links say', async () => {
    await using server = await serve(({ path }) => {
      if (path.endsWith('last=b')) {
        const link = '<http://internal.example.com/v2/acme/app/tags/list?last=c>; rel="next"';
        return { body: '{"tags":["c"]}', headers: { link } };
      }
      if (path.endsWith('last=c')) return { body: '{"tags":["d"]}' };
      const link = '</v2/acme/app/tags/list?last=b>; rel="next"';
      return { body: '{"name":"acme/app","tags":["a","b"]}', headers: { link } };
    });
    expect(await client(server.host).tags('acme/app')).toStrictEqual(['a', 'b', 'c', 'd']);
    expect(server.lines()).toStrictEqual([
      'GET /v2/acme/app/tags/list?n=1000',
      'GET /v2/acme/app/tags/list?last=b',
      'GET /v2/acme/app/tags/list?last=c',
    ]);
  });

  it.each<[string, Reply]>([
    ['the repository does not exist', refusal(404, 'NAME_UNKNOWN', 'repository name not known')],
    ['it has no tags', { body: '{"name":"acme/app","tags":null}' }],
  ])('is empty when %s', async (_, reply) => {
    await using server = await serve(() => reply);
    expect(await client(server.host).tags('acme/app')).toStrictEqual([]);
  });

  it('does not take the 404 of something else for an empty list', async () => {
    await using server = await serve(() => ({ status: 404, body: '<h1>Not Found</h1>' }));
    await expect(client(server.host).tags('acme/app')).rejects.toMatchObject({
      code: 'image/not-found',
    });
  });

  it('gives up on a list without end', async () => {
    const headers = { link: '</v2/acme/app/tags/list?again>; rel="next"' };
    await using server = await serve(() => ({ body: '{"tags":["a"]}', headers }));
    await expect(client(server.host).tags('acme/app')).rejects.toMatchObject({
      code: 'image/registry',
      message: expect.stringContaining('there are more than 200 pages'),
    });
  });

  it('leaves out what cannot be a tag', async () => {
    await using server = await serve(() => ({
      body: '{"tags":["a", 7, "", "b\\nc", "::debug::x"]}',
    }));
    expect(await client(server.host).tags('acme/app')).toStrictEqual(['a']);
  });
});

describe('putTag', () => {
  async function put(reply: (method: string) => Reply) {
    await using server = await serve(({ method }) =>
      method === 'PUT' ? reply(method) : app.manifest,
    );
    const registry = client(server.host);
    const manifest = await registry.manifest('acme/app', app.manifest.digest);
    const outcome = registry.putTag('acme/app', 'stable', manifest);
    await outcome.catch(() => undefined);
    return { outcome, server };
  }

  it('puts the exact bytes under the tag', async () => {
    const headers = { 'docker-content-digest': app.manifest.digest };
    const { outcome, server } = await put(() => ({ status: 201, headers }));
    await outcome;
    expect(server.seen[1]).toMatchObject({
      method: 'PUT',
      path: '/v2/acme/app/manifests/stable',
      body: app.manifest.body,
      headers: { 'content-type': types.manifest },
    });
  });

  it('reads the tag back where the registry does not tell what it kept', async () => {
    const { outcome, server } = await put(() => ({ status: 201 }));
    await outcome;
    expect(server.lines()[2]).toBe('HEAD /v2/acme/app/manifests/stable');
  });

  it('notices that the registry kept something else', async () => {
    const headers = { 'docker-content-digest': list.digest };
    const { outcome } = await put(() => ({ status: 201, headers }));
    await expect(outcome).rejects.toMatchObject({
      code: 'image/mismatch',
      message: expect.stringContaining(
        `stable reads back as ${list.digest}, not ${app.manifest.digest}`,
      ),
    });
  });

  it.each<[Reply, string, string]>([
    [
      refusal(400, 'TAG_INVALID', 'The tag is immutable and cannot be overwritten'),
      'image/rejected',
      'status 400, TAG_INVALID: The tag is immutable and cannot be overwritten.',
    ],
    [
      {
        status: 400,
        body: JSON.stringify({
          errors: Array(2).fill({ code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown' }),
        }),
      },
      'image/rejected',
      'status 400, MANIFEST_BLOB_UNKNOWN: blob unknown.',
    ],
    [refusal(403, 'DENIED', 'denied'), 'image/denied', 'status 403, DENIED: denied'],
    [refusal(404, 'NAME_UNKNOWN', 'no such repository'), 'image/not-found', 'acme/app:stable'],
    [{ status: 307, headers: { location: '/elsewhere' } }, 'image/rejected', 'status 307'],
  ])('passes on a refusal: %j', async (reply, code, words) => {
    const { outcome } = await put(() => reply);
    await expect(outcome).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});

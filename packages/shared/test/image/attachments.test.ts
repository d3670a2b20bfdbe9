import { describe, expect, it } from '@jest/globals';
import { client, type Reply, refusal, type Seen, serve, sha256, types } from './fake-registry.ts';

const subject = { digest: sha256('app'), mediaType: types.manifest, size: 7 };
const report = 'application/vnd.example.report';
const fallbackTag = subject.digest.replace(':', '-');

interface Attached {
  digest: string;
  artifactType: string;
  annotations: Record<string, string>;
}

/** A registry that keeps what it is sent, with or without the API for referrers. */
function keeper(knowsReferrers: boolean) {
  const kept = new Map<string, string>();
  const attached: Attached[] = [];
  const respond = (seen: Seen): Reply => {
    const [path = '', query = ''] = seen.path.split('?');
    if (seen.method === 'POST') return { status: 202, headers: { location: `${path}1?state=x` } };
    if (seen.method === 'PUT') {
      const digest = new URLSearchParams(query).get('digest');
      kept.set(digest ?? path.split('/').at(-1) ?? '', seen.body);
      const document = digest ? {} : Object(JSON.parse(seen.body));
      if (!knowsReferrers || !document.subject) return { status: 201 };
      const { annotations, artifactType } = document;
      attached.push({ digest: sha256(seen.body), artifactType, annotations });
      return { status: 201, headers: { 'oci-subject': document.subject.digest } };
    }
    const body = kept.get(path.split('/').at(-1) ?? '');
    const type = path.endsWith(fallbackTag) ? types.index : types.manifest;
    return body === undefined
      ? refusal(404, 'MANIFEST_UNKNOWN', 'manifest unknown')
      : { body, headers: { 'content-type': type, 'docker-content-digest': sha256(body) } };
  };
  /** Digests of what is attached to the image by this type, the newest first. */
  const listed = (type: string): string[] => {
    const index = kept.get(fallbackTag) ?? '{"manifests":[]}';
    const all: Attached[] = knowsReferrers ? attached : JSON.parse(index).manifests;
    const created = (one: Attached) => one.annotations['org.opencontainers.image.created'] ?? '';
    return all
      .filter((one) => one.artifactType === type)
      .sort((a, b) => (created(a) < created(b) ? 1 : -1))
      .map(({ digest }) => digest);
  };
  return { respond, listed };
}

/** Keeps what it gets since the last beginning. */
function textSink() {
  let pieces: Uint8Array[] = [];
  return {
    text: () => Buffer.concat(pieces).toString(),
    async begin() {
      pieces = [];
    },
    async write(piece: Uint8Array) {
      pieces.push(piece);
    },
  };
}

describe.each([
  ['that lists referrers', true],
  ['that does not know referrers', false],
])('attachments in a registry %s', (_, knowsReferrers) => {
  it('are listed by their type, with their time and their bytes', async () => {
    const { listed, respond } = keeper(knowsReferrers);
    await using server = await serve(respond);
    const registry = client(server.host);
    const put = (artifactType: string, created: string) => {
      const bytes = new TextEncoder().encode(`made ${created}`);
      const content = { mediaType: `${artifactType}+text`, bytes };
      return registry.attach('acme/app', subject, { artifactType, created, content });
    };
    expect(listed(report)).toEqual([]);
    const older = await put(report, '2026-01-01T00:00:00Z');
    await put('application/vnd.example.other', '2026-01-03T00:00:00Z');
    const newer = await put(report, '2026-01-02T00:00:00Z');
    expect(listed(report)).toEqual([newer, older]);

    const { content } = await registry.manifest('acme/app', newer);
    const [layer] = content.kind === 'image' ? content.layers : [];
    const sink = textSink();
    await registry.blob('acme/app', layer ?? subject, sink);
    expect(sink.text()).toBe('made 2026-01-02T00:00:00Z');
    const paths = server.lines().filter((line) => line.includes(fallbackTag));
    expect(paths.length > 0).toBe(!knowsReferrers);
  });
});

describe('a blob', () => {
  const body = 'the bytes of a layer';
  const layer = { digest: sha256(body), size: body.length };
  const fetchFrom = async (replies: Reply[]) => {
    await using server = await serve(() => replies.shift() ?? { body });
    const sink = textSink();
    await client(server.host).blob('acme/app', layer, sink);
    return sink.text();
  };

  it.each<[string, Reply[]]>([
    ['at once', []],
    ['after a busy moment', [{ status: 429 }, { status: 503 }]],
    ['after a lost connection', ['reset']],
  ])('goes to its sink whole %s', async (_, replies) => {
    expect(await fetchFrom(replies)).toBe(body);
  });

  it.each<[string, Reply, string]>([
    ['other bytes', { body: 'THE bytes of a layer' }, 'image/mismatch'],
    ['fewer bytes', { body: body.slice(1) }, 'image/mismatch'],
    ['more bytes', { body: `${body}!` }, 'image/registry'],
    ['a refusal', refusal(403, 'DENIED', 'not yours'), 'image/denied'],
    ['nothing', refusal(404, 'BLOB_UNKNOWN', 'blob unknown'), 'image/not-found'],
  ])('that is %s is refused', async (_, reply, code) => {
    await expect(fetchFrom([reply])).rejects.toMatchObject({ code });
  });
});

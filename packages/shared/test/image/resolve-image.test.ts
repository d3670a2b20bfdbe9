import { describe, expect, it } from '@jest/globals';
import { parseReference } from '../../src/image/reference.ts';
import { checkPlatform, resolveImage } from '../../src/image/resolve-image.ts';
import { document, image, type Reply, refusal, serve, types } from './fake-registry.ts';
import { quickClock } from './quick-clock.ts';

const app = image();
const has: Record<string, Reply> = {
  '/v2/acme/app/manifests/1.2.3': app.manifest,
  [`/v2/acme/app/manifests/${app.manifest.digest}`]: app.manifest,
  [`/v2/acme/app/blobs/${app.config.digest}`]: app.config,
};

/** Resolves an image of a server with a quick clock; what was said is in `said`. */
async function resolved(host: string, version: string, signal = new AbortController().signal) {
  const said: string[] = [];
  const asked: string[] = [];
  const found = await resolveImage(parseReference(`${host}/acme/app${version}`), {
    fetch,
    clock: { ...quickClock(), sleep: (_, end) => sleepUntil(end) },
    signal,
    credentials: async (registry) => {
      asked.push(registry);
      return undefined;
    },
    say: (line) => said.push(line),
  });
  return { found, said, asked };
}

/** No limit of time passes by itself. */
function sleepUntil(end: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    end?.addEventListener('abort', () => reject(end.reason), { once: true });
  });
}

describe('an image that is to be deployed', () => {
  it('is named by the digest of its tag', async () => {
    await using server = await serve(({ path }) => has[path] ?? refusal(404, 'UNKNOWN', 'none'));
    for (const version of [':1.2.3', `@${app.manifest.digest}`, `:9@${app.manifest.digest}`]) {
      const { found, said, asked } = await resolved(server.host, version);
      expect(found).toEqual({
        name: `${server.host}/acme/app@${app.manifest.digest}`,
        digest: app.manifest.digest,
        platforms: ['linux/amd64'],
      });
      expect([said, asked]).toEqual([[], [server.host]]);
    }
  });

  it.each([
    ['without the right', refusal(401, 'UNAUTHORIZED', 'not yours'), 'image/denied'],
    ['forbidden', refusal(403, 'DENIED', 'not yours'), 'image/denied'],
    ['not there', refusal(404, 'MANIFEST_UNKNOWN', 'none'), 'image/not-found'],
    ['nonsense', document(types.config, { no: 'manifest' }), 'image/registry'],
  ])('needs its registry for a tag, not for a digest: %s', async (_, answer, code) => {
    await using server = await serve(() => answer);
    await expect(resolved(server.host, ':1.2.3')).rejects.toMatchObject({ code });
    const { found, said } = await resolved(server.host, `@${app.manifest.digest}`);
    expect(found).toEqual({
      name: `${server.host}/acme/app@${app.manifest.digest}`,
      digest: app.manifest.digest,
      platforms: [],
    });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(
      /^The platform of .+@sha256:\w{64} is not checked, .+ the pull decides/,
    );
  });

  it('by digest needs no registry that answers at all', async () => {
    await using server = await serve(() => 'silence');
    const clock = { now: () => 0, sleep: async () => undefined };
    const said: string[] = [];
    const found = await resolveImage(
      parseReference(`${server.host}/acme/app@${app.manifest.digest}`),
      {
        fetch,
        clock,
        signal: new AbortController().signal,
        credentials: async () => undefined,
        say: (line) => said.push(line),
      },
    );
    expect([found.platforms, said.length]).toEqual([[], 1]);
  });

  it('by digest does not outlive a cancelled run', async () => {
    const over = new AbortController();
    await using server = await serve(() => {
      over.abort(new Error('cancelled'));
      return 'silence';
    });
    await expect(resolved(server.host, `@${app.manifest.digest}`, over.signal)).rejects.toThrow(
      'cancelled',
    );
  });

  it.each([
    ['linux/arm64', ['linux/arm64/v8'], undefined],
    ['linux/amd64', ['linux/s390x', 'linux/amd64'], undefined],
    ['linux/amd64', [], undefined],
    ['', ['linux/s390x'], undefined],
    ['linux/amd64', ['linux/s390x'], 'image/platform'],
    ['linux/arm', ['linux/arm64'], 'image/platform'],
  ])('that is to run on %s and has %j', (wanted, platforms, code) => {
    const check = () =>
      checkPlatform({ name: 'a/b@sha256:1', digest: 'sha256:1', platforms }, wanted);
    if (code) expect(check).toThrow(expect.objectContaining({ code }));
    else expect(check).not.toThrow();
  });
});

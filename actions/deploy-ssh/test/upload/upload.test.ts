import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Host } from '../../src/ssh/host.ts';
import { readTree } from '../../src/upload/read-tree.ts';
import { type Uploaded, uploadRelease } from '../../src/upload/upload.ts';
import { localHost } from './local-host.ts';
import { anyChange, anyThings, look, type Things, write } from './tree-on-disk.ts';

// Every run starts bash, tar and a dozen of small programs.
const runs = { numRuns: 4 };
const places = { numRuns: 8 };
const nothing: Things = new Map();
const only: Things = new Map([['link', { target: 'nowhere' }]]);
const { signal } = new AbortController();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway upload-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A workspace and a host's folder, empty. */
function place(): { root: string; path: string; release(id: string): string } {
  const own = mkdtempSync(join(folder, 'run-'));
  const [root, path] = [join(own, 'work'), join(own, "it's on the host")];
  mkdirSync(root);
  mkdirSync(path);
  return { root, path, release: (id) => join(path, 'releases', id) };
}

async function upload(
  { root, path }: { root: string; path: string },
  id: string,
  more: { previous?: string; host?: Host; say?: (line: string) => void } = {},
): Promise<Uploaded> {
  const tree = await readTree(root, signal);
  const { host = localHost(), previous, say = () => undefined } = more;
  return uploadRelease(host, { tree, path, id, previous, signal, say });
}

describe('an upload', () => {
  it('arrives as it was, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(anyThings, async (things) => {
        const at = place();
        write(at.root, things);
        await upload(at, '1');
        expect(look(at.release('1'))).toEqual(look(at.root));
        expect(readdirSync(join(at.path, 'releases'))).toEqual(['1']);
      }),
      { ...runs, examples: [[nothing], [only]] },
    );
  }, 60_000);

  it('arrives as it was when the previous release has some of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyChange, async ({ before, after }) => {
        const at = place();
        write(at.root, before);
        await upload(at, '1');
        const first = look(at.release('1'));
        rmSync(at.root, { recursive: true });
        mkdirSync(at.root);
        write(at.root, after);
        await upload(at, '2', { previous: '1' });
        expect(look(at.release('2'))).toEqual(look(at.root));
        expect(look(at.release('1'))).toEqual(first);
      }),
      { ...runs, examples: [[{ before: only, after: nothing }]] },
    );
  }, 60_000);

  it('leaves nothing, or all of it, when the stream is cut or changed anywhere', async () => {
    const at = place();
    const text = Array.from({ length: 3_000 }, (_, line) => `${line * 7919}\n`).join('');
    write(at.root, files({ 'a/b': text, c: 'c', 'd/e': 'e' }));
    const whole = look(at.root);
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (share, cut) => {
          const done = await upload(at, '1', { host: tampered(share, cut) }).then(
            () => true,
            () => false,
          );
          expect(readdirSync(join(at.path, 'releases'))).toEqual(done ? ['1'] : []);
          if (done) expect(look(at.release('1'))).toEqual(whole);
          rmSync(at.release('1'), { recursive: true, force: true });
        },
      ),
      places,
    );
  }, 60_000);

  it('sends only what changed, and keeps the time of what did not', async () => {
    const at = place();
    write(at.root, files({ a: 'a'.repeat(100_000), 'd/b': 'b', c: 'c' }));
    utimesSync(join(at.root, 'd/b'), 1_000_000_000, 1_000_000_000);
    const first = await upload(at, '1');
    writeFileSync(join(at.root, 'c'), 'changed');
    utimesSync(join(at.root, 'd/b'), 1_700_000_000, 1_700_000_000);
    const second = await upload(at, '2', { previous: '1' });
    expect(first).toMatchObject({ how: 'full', files: 3, bytes: 100_002 });
    expect(second).toMatchObject({ how: 'delta', files: 3, bytes: 100_008 });
    expect(statSync(join(at.release('2'), 'd/b')).mtimeMs).toBe(1_000_000_000_000);
    expect(statSync(join(at.release('2'), 'a')).nlink).toBe(1);
  });

  it.each<[string, (release: string) => void, 'full' | 'delta']>([
    ['was edited', (release) => writeFileSync(join(release, 'a'), 'edited'), 'delta'],
    ['has more in it', (release) => writeFileSync(join(release, 'cache'), 'more'), 'delta'],
    ['has a folder replaced by a link', (release) => shareFolder(release), 'delta'],
    ['lacks a file', (release) => rmSync(join(release, 'a')), 'full'],
    ['is gone', (release) => rmSync(release, { recursive: true }), 'full'],
  ])('is right when the previous release %s', async (_, change, how) => {
    const at = place();
    const said: string[] = [];
    write(at.root, files({ a: 'a', 'd/b': 'b', c: 'c' }));
    await upload(at, '1');
    change(at.release('1'));
    const second = await upload(at, '2', { previous: '1', say: (line) => said.push(line) });
    expect(second.how).toBe(how);
    expect(look(at.release('2'))).toEqual(look(at.root));
    expect(said.join()).toMatch(how === 'full' && _ !== 'is gone' ? /release 1 is not what/ : /^$/);
  });

  it('sends everything when a copy is not what was uploaded, and says so', async () => {
    const at = place();
    const said: string[] = [];
    write(at.root, files({ a: 'a', c: 'c' }));
    await upload(at, '1');
    const sums = join(at.path, '.slipway/sums/1');
    writeFileSync(join(at.release('1'), 'a'), 'b');
    // As if it had been written before the release was complete.
    utimesSync(sums, new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));
    const second = await upload(at, '2', { previous: '1', say: (line) => said.push(line) });
    expect(second.how).toBe('full');
    expect(said).toEqual([
      'here: release 1 is not what was uploaded any more; everything is sent.',
    ]);
    expect(look(at.release('2'))).toEqual(look(at.root));
  });

  it('forgets the sums of releases that have gone', async () => {
    const at = place();
    write(at.root, files({ a: 'a' }));
    await upload(at, '1');
    rmSync(at.release('1'), { recursive: true });
    await upload(at, '2');
    expect(readdirSync(join(at.path, '.slipway/sums'))).toEqual(['2']);
  });

  it('does not touch a release that is there', async () => {
    const at = place();
    write(at.root, files({ a: 'a' }));
    await upload(at, '1');
    writeFileSync(join(at.root, 'a'), 'other');
    await expect(upload(at, '1')).rejects.toThrow('releases/1 is there already');
    expect(look(at.release('1'))).toEqual([expect.stringMatching(/YQ==$/)]);
  });

  it('fails with the name of a file that changed while it was sent', async () => {
    const at = place();
    write(at.root, files({ a: 'a', b: 'b' }));
    const tree = await readTree(at.root, signal);
    writeFileSync(join(at.root, 'b'), 'x');
    const { path } = at;
    const sent = uploadRelease(localHost(), {
      tree,
      path,
      id: '1',
      previous: undefined,
      signal,
      say: () => undefined,
    });
    await expect(sent).rejects.toThrow('./b: FAILED');
    writeFileSync(join(at.root, 'b'), '');
    const cut = uploadRelease(localHost(), {
      tree,
      path,
      id: '1',
      previous: undefined,
      signal,
      say: () => undefined,
    });
    await expect(cut).rejects.toThrow(/b", which became shorter during the upload/);
    expect(readdirSync(join(path, 'releases'))).toEqual([]);
  });
});

function files(contents: Record<string, string>): Things {
  return new Map(Object.entries(contents).map(([path, text]) => [path, { text, mode: 0o644 }]));
}

/** What a `shared` folder does to a release: the files in it are somewhere else now. */
function shareFolder(release: string): void {
  const shared = join(release, '../../shared');
  mkdirSync(shared);
  rmSync(join(release, 'd'), { recursive: true });
  write(release, new Map([['d', { target: '../../shared' }]]));
  writeFileSync(join(shared, 'b'), 'shared');
}

/** A host to which only a share of the stream gets, or on the way to which one byte changes. */
function tampered(share: number, cut: boolean): Host {
  const host = localHost();
  return {
    ...host,
    run(what, body, stop, streams = {}) {
      async function* stream(): AsyncGenerator<Buffer> {
        const pieces: Buffer[] = [];
        for await (const bytes of streams.input ?? []) pieces.push(bytes);
        const all = Buffer.concat(pieces);
        const at = Math.min(all.length - 1, Math.floor(share * all.length));
        if (!cut) all[at] = (all[at] ?? 0) ^ 0x10;
        yield cut ? all.subarray(0, at) : all;
      }
      return host.run(what, body, stop, streams.input && { ...streams, input: stream() });
    },
  };
}

import { createHash } from 'node:crypto';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { packFiles } from '../../../packages/local-cloud/src/oci/archive.ts';
import { getTrivy } from '../src/scanner/get-trivy.ts';
import { isHijacked, releaseOf } from '../src/scanner/releases.ts';
import { failureOf } from './sample.ts';

const program = '#!/bin/sh\necho the real one\n';
const sum = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const changed = (bytes: Buffer) =>
  Buffer.from(bytes.map((byte, at) => (at === 99 ? byte ^ 1 : byte)));

let archive: Buffer;
let root = '';
let folder = '';
let kept = '';
let asked: string[] = [];
let said: string[] = [];

beforeEach(async () => {
  archive = gzipSync(await packFiles({ LICENSE: 'x', trivy: program, 'contrib/trivy': 'another' }));
  root = await mkdtemp(join(tmpdir(), 'slipway-get-'));
  folder = join(root, 'private');
  kept = join(root, 'cache/trivy/1.2.3/trivy_1.2.3_Linux-64bit.tar.gz');
  await mkdir(folder);
  [asked, said] = [[], []];
});

async function installed(): Promise<string> {
  const bin = join(root, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'trivy'), program, { mode: 0o755 });
  return bin;
}

/** Changes one byte, and leaves everything of it that a user can set as it was. */
async function forge(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const bytes = await readFile(path);
  await writeFile(path, Buffer.from(bytes.map((byte, at) => (at === 12 ? byte ^ 1 : byte))));
  await utimes(path, atime, mtime);
}

async function replace(path: string, content: string): Promise<void> {
  await rm(path);
  await writeFile(path, content, { mode: 0o755 });
}

type Answers = Record<string, () => Response | Promise<Response>>;

const get = (
  answers: Answers,
  more: { sha256?: string; given?: boolean; path?: string; longest?: number } = {},
) =>
  getTrivy(
    {
      release: { ...releaseOf('1.2.3', 'linux/x64'), sha256: more.sha256 ?? sum(archive) },
      given: more.given ?? false,
      mirrors: Object.keys(answers).map((host) => `https://${host}/v{version}/{archive}`),
      cacheFolder: join(root, 'cache'),
    },
    folder,
    { PATH: more.path ?? '' },
    {
      clock: { now: systemClock.now, sleep: async () => undefined },
      signal: new AbortController().signal,
      say: (line) => said.push(line),
      ...(more.longest === undefined ? {} : { longest: more.longest }),
      fetch: async (input) => {
        const url = new URL(String(input));
        asked.push(url.href);
        const answer = answers[url.host];
        if (!answer) throw new Error('no such host');
        return answer();
      },
    },
  );
const good = () => new Response(new Uint8Array(archive));
const address = (host: string) => `https://${host}/v1.2.3/trivy_1.2.3_Linux-64bit.tar.gz`;

describe('getting Trivy', () => {
  it('downloads, checks, unpacks for this user alone, and keeps the archive', async () => {
    const { path } = await get({ a: good });
    expect(await readFile(path, 'utf8')).toBe(program);
    expect((await stat(path)).mode & 0o777).toBe(0o500);
    expect(asked).toEqual([address('a')]);
    expect(await readFile(kept)).toEqual(archive);
  });

  it('takes the one in the cache, and asks nobody', async () => {
    await get({ a: good });
    folder = join(root, 'next');
    await mkdir(folder);
    expect(await readFile((await get({})).path, 'utf8')).toBe(program);
    expect(asked).toHaveLength(1);
  });

  it('never unpacks a cached archive with one other byte', async () => {
    await get({ a: good });
    await writeFile(kept, changed(archive));
    folder = join(root, 'next');
    await mkdir(folder);
    const failure = await failureOf(() => get({ a: good }));
    expect(failure.code).toBe('gate/scanner-hash');
    for (const fact of [kept, sum(archive), sum(changed(archive)), 'not started']) {
      expect(failure.said).toContain(fact);
    }
    expect(await readdir(folder)).toEqual(['trivy-download']);
  });

  it('never unpacks a downloaded archive with one other byte', async () => {
    const failure = await failureOf(() =>
      get({ a: () => new Response(new Uint8Array(changed(archive))) }),
    );
    expect(failure.code).toBe('gate/scanner-hash');
    for (const fact of [address('a'), sum(archive), sum(changed(archive))]) {
      expect(failure.said).toContain(fact);
    }
    expect(await readdir(folder)).toEqual(['trivy-download']);
    expect(await readdir(root)).toEqual(['private']);
  });

  it('goes from mirror to mirror, and says what each of them did', async () => {
    const { path } = await get({
      gone: () => new Response('', { status: 404 }),
      other: () => new Response(new Uint8Array(changed(archive))),
      good,
    });
    expect(await readFile(path, 'utf8')).toBe(program);
    expect(said).toEqual([
      expect.stringContaining(`${address('gone')} did not give Trivy: status 404`),
      expect.stringContaining(`${address('other')} is not the Trivy that was asked for`),
    ]);
  });

  it('tries a mirror again that has enough for now', async () => {
    const answers = [429, 503, 200];
    const { path } = await get({
      busy: () => {
        const status = answers.shift() ?? 0;
        return status === 200 ? good() : new Response('', { status });
      },
    });
    expect(await readFile(path, 'utf8')).toBe(program);
    expect(asked).toHaveLength(3);
  });

  it('names every mirror when none has it', async () => {
    const failure = await failureOf(() =>
      get({
        a: () => new Response('', { status: 403 }),
        b: () => Promise.reject(new Error('no way there')),
      }),
    );
    expect(failure).toEqual({
      code: 'gate/scanner-download',
      said: expect.stringMatching(/status 403; https:\/\/b\/.*: no way there/),
    });
  });

  it('takes no archive without an end', async () => {
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(4_096)),
    });
    const failure = await failureOf(() =>
      get({ a: () => new Response(endless) }, { longest: 9_999 }),
    );
    expect(failure).toEqual({
      code: 'gate/scanner-download',
      said: expect.stringContaining('it is longer than 9999 bytes'),
    });
  });

  it('takes an installed one only when its digest was given', async () => {
    const bin = await installed();
    const given = { given: true, sha256: sum(program), path: bin };
    const found = await get({}, given);
    expect(found.path).toBe(join(bin, 'trivy'));
    await expect(found.check()).resolves.toBeUndefined();

    await writeFile(join(bin, 'trivy'), `${program}# more`);
    const failure = await failureOf(() => get({ a: good }, given));
    expect(failure.code).toBe('gate/scanner-hash');
    expect(said[0]).toContain(`${join(bin, 'trivy')} is not used: its SHA-256 is`);
  });

  it.each<[string, (path: string) => Promise<void>, boolean]>([
    ['was written to, with the length and the times of before', forge, false],
    ['is another file now', (path) => replace(path, `${program}# more`), false],
    ['is gone', (path) => rm(path), false],
    ['is another file with the same bytes', (path) => replace(path, program), true],
    ['has another name besides', (path) => link(path, `${path}-too`), true],
  ])('looks again before each start at an installed one: it %s', async (_, change, starts) => {
    const path = await installed();
    const found = await get({}, { given: true, sha256: sum(program), path });
    await change(found.path);
    if (starts) await expect(found.check()).resolves.toBeUndefined();
    else await expect(found.check()).rejects.toThrow(/is not the Trivy|no such file/);
  });

  it('passes over what is called trivy and cannot be started', async () => {
    await writeFile(join(root, 'trivy'), program, { mode: 0o644 });
    const path = `${root}:${await installed()}`;
    const found = await get({}, { given: true, sha256: sum(program), path });
    expect(found.path).toBe(join(root, 'bin/trivy'));
  });

  it('takes a digest that was given for the archive as well', async () => {
    const { path } = await get({ a: good }, { given: true });
    expect(await readFile(path, 'utf8')).toBe(program);
  });
});

describe('releases', () => {
  it.each(['0.69.4', '0.69.5', '0.69.6'])('%s is refused', (version) => {
    expect(isHijacked(version)).toBe(true);
  });

  it('has digests for what it names, and for nothing else', () => {
    for (const machine of ['linux/x64', 'linux/arm64', 'darwin/x64', 'darwin/arm64']) {
      expect(releaseOf('0.74.0', machine).sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(releaseOf('0.74.1', 'linux/x64').sha256).toBeUndefined();
    expect(releaseOf('0.74.0', 'win32/x64').sha256).toBeUndefined();
  });
});

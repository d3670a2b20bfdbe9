import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { runProgram } from '@slipway/shared/exec/program';
import { readManifest } from '@slipway/shared/image/manifest';
import { parseReference } from '@slipway/shared/image/reference';
import type { Registry } from '@slipway/shared/image/registry';
import { packFiles } from '../../../packages/local-cloud/src/oci/archive.ts';
import { type Artifact, digestOf } from '../../../packages/local-cloud/src/oci/blob.ts';
import { databaseArtifact } from '../../../packages/local-cloud/src/trivy/database-artifact.ts';
import { getDatabase } from '../src/database/get-database.ts';
import { isTracked } from '../src/database/tracked.ts';
import { unpackDatabase } from '../src/database/unpack.ts';
import { cacheFolder } from '../src/source-inputs.ts';
import { failureOf } from './sample.ts';

const now = Date.parse('2026-11-02T00:00:00Z');
const mirror = parseReference('ghcr.io/aquasecurity/trivy-db:2');
const signal = new AbortController().signal;
const never = (): never => {
  throw new Error('nobody asks for that');
};

/** A registry that has one artifact, and counts who asks for its blobs. */
function registryWith(artifact: Artifact): Registry & { pulled: number } {
  const { bytes, mediaType } = artifact.manifest;
  const registry = {
    pulled: 0,
    async manifest() {
      const read = readManifest(bytes, mediaType);
      if (!read) throw new Error('no manifest');
      const copy = new Uint8Array(bytes);
      return { digest: digestOf(bytes), size: bytes.length, bytes: copy, ...read };
    },
    async blob(...[, { digest }, sink]: Parameters<Registry['blob']>) {
      registry.pulled += 1;
      const found = artifact.blobs.find((one) => digestOf(one.bytes) === digest);
      await sink.begin();
      await sink.write(new Uint8Array(found?.bytes ?? []));
    },
    ...{ resolve: never, platforms: never, images: never, attach: never },
    ...{ tags: never, putTag: never, checkAccess: never },
  };
  return registry;
}

describe('a database from a registry', () => {
  let cache = '';
  let artifact: Artifact;
  let said: string[] = [];
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'slipway-cache-'));
    artifact = await databaseArtifact({ updatedAt: '2026-11-01T12:00:00Z' });
    said = [];
  });
  const get = async (open: () => Promise<Registry>) =>
    getDatabase(
      {
        source: { mirrors: [mirror] },
        maxAge: 86_400_000,
        onStale: 'error',
        cacheFolder: cache,
        folder: await mkdtemp(join(cache, '../slipway-private-')),
      },
      {
        open,
        isTracked: async () => false,
        now: () => now,
        signal,
        say: (line) => said.push(line),
        warn: never,
      },
    );
  const kept = async () => readdir(join(cache, 'trivy-db'));
  const archiveOf = ({ blobs }: Artifact) =>
    blobs.find((one) => one.mediaType.includes('db.layer'));
  const nameOf = (one: Artifact) => {
    const layer = archiveOf(one);
    return `${digestOf(layer?.bytes ?? Buffer.from('')).replace(':', '-')}.tar.gz`;
  };

  it('is downloaded once, and asked for each time', async () => {
    const registry = registryWith(artifact);
    const first = await get(async () => registry);
    const second = await get(async () => registry);
    expect(first.updated).toBe(Date.parse('2026-11-01T12:00:00Z'));
    expect(second.updated).toBe(first.updated);
    expect(second.folder).not.toBe(first.folder);
    expect(registry.pulled).toBe(1);
    expect(await kept()).toEqual([nameOf(artifact)]);
  });

  it.each<[string, (path: string, other: Artifact) => Promise<void>]>([
    [
      'by another database, which would be a whole one',
      (path, other) => writeFile(path, archiveOf(other)?.bytes ?? ''),
    ],
    [
      'by other bytes of the same length',
      async (path) => {
        const bytes = await readFile(path);
        bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
    ],
    ['by nothing', (path) => writeFile(path, '')],
  ])('that somebody replaced in the cache %s is not used', async (_, replace) => {
    const registry = registryWith(artifact);
    await get(async () => registry);
    const other = await databaseArtifact({ updatedAt: '2026-11-01T23:59:59Z', advisories: [] });
    await replace(join(cache, 'trivy-db', nameOf(artifact)), other);
    const found = await get(async () => registry);
    expect(found.updated).toBe(Date.parse('2026-11-01T12:00:00Z'));
    expect(registry.pulled).toBe(2);
    expect(said.join()).toMatch(/is not the database that it is named after, and was removed/);
    const bytes = await readFile(join(cache, 'trivy-db', nameOf(artifact)));
    expect(bytes).toEqual(archiveOf(artifact)?.bytes);
  });

  it('is none when no registry says what it should be, whatever the cache has', async () => {
    const registry = registryWith(artifact);
    await get(async () => registry);
    const failure = await failureOf(() => get(async () => Promise.reject(new Error('no way'))));
    expect(failure).toMatchObject({ code: 'gate/database', said: expect.stringMatching('no way') });
  });

  it('leaves the cache when Trivy refuses it', async () => {
    const registry = registryWith(artifact);
    const found = await get(async () => registry);
    await found.discard?.();
    expect(await kept()).toEqual([]);
  });

  it('does not stay in the cache when it is of another schema', async () => {
    const registry = registryWith(await databaseArtifact({ schema: 3 }));
    expect(await failureOf(() => get(async () => registry))).toMatchObject({
      code: 'gate/database',
      said: expect.stringContaining('its schema version is 3, not 2'),
    });
    expect(await kept()).toEqual([]);
  });

  it('is kept with the newest three', async () => {
    for (const day of [1, 2, 3, 4, 5]) {
      const registry = registryWith(
        await databaseArtifact({ updatedAt: `2026-11-01T0${day}:00:00Z` }),
      );
      await get(async () => registry);
    }
    expect(await kept()).toHaveLength(3);
  });
});

describe('the archive of a database', () => {
  const pack = async (files: Record<string, string>) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-unpack-'));
    const archive = join(folder, 'db.tar.gz');
    await writeFile(archive, gzipSync(await packFiles(files)));
    return { archive, to: join(folder, 'db') };
  };

  it('gives its two files, and nothing else', async () => {
    const { archive, to } = await pack({ 'trivy.db': 'x', 'metadata.json': '{}', other: 'y' });
    await unpackDatabase(archive, to);
    expect((await readdir(to)).sort()).toEqual(['metadata.json', 'trivy.db']);
  });

  it.each([
    ['what is wanted', { 'trivy.db': '0'.repeat(3 << 20) }],
    ['what is left out', { bomb: '0'.repeat(3 << 20), 'trivy.db': 'x' }],
  ])('is refused when %s is too long', async (_, files) => {
    const { archive, to } = await pack(files);
    await expect(unpackDatabase(archive, to, 1 << 20)).rejects.toThrow('longer than 1048576 bytes');
    await unpackDatabase(archive, to, 4 << 20);
  });

  it('is refused when it is cut off or none', async () => {
    const { archive, to } = await pack({ 'trivy.db': 'x'.repeat(99_999) });
    await writeFile(archive, (await readFile(archive)).subarray(0, 60));
    await expect(unpackDatabase(archive, to)).rejects.toThrow();
    await writeFile(archive, 'no archive at all');
    await expect(unpackDatabase(archive, to)).rejects.toThrow();
  });
});

describe('a database in a folder', () => {
  const own = (folder: string, tracked: boolean) =>
    getDatabase(
      { source: { folder }, maxAge: 1e15, onStale: 'error', cacheFolder: '/', folder: '/' },
      {
        open: never,
        isTracked: async () => tracked,
        now: () => now,
        signal,
        say: never,
        warn: never,
      },
    );

  it('is refused when the repository brings it', async () => {
    expect(await failureOf(() => own('/srv/shop/trivy-cache', true))).toEqual({
      code: 'gate/database',
      said: expect.stringContaining('is part of the repository; let a step of the job fetch it'),
    });
  });

  it('is the repository’s when git has a file of it', async () => {
    const workspace = await mkdtemp(join(tmpdir(), 'slipway-tracked-'));
    const env = process.env;
    const means = { run: runProgram, env, signal };
    const folder = join(workspace, 'cache');
    await mkdir(folder);
    await writeFile(join(folder, 'trivy.db'), 'x');
    expect(await isTracked(folder, means)).toBe(false);
    await runProgram('git', ['init', '-q', workspace], { env, signal });
    expect(await isTracked(folder, means)).toBe(false);
    await runProgram('git', ['-C', workspace, 'add', '.'], { env, signal });
    expect(await isTracked(folder, means)).toBe(true);
  });
});

describe('cache-folder', () => {
  it.each(['.', 'cache', './a/../b', '/srv/shop/.cache'])(
    '%s is refused in the workspace',
    (value) => {
      expect(() => cacheFolder('/srv/shop').parse(value)).toThrow('is inside the workspace');
    },
  );

  it('is refused where a link leads into the workspace', async () => {
    const temp = await mkdtemp(join(tmpdir(), 'slipway-links-'));
    await mkdir(join(temp, 'shop'));
    await symlink(join(temp, 'shop'), join(temp, 'link'));
    const { parse } = cacheFolder(join(temp, 'shop'));
    expect(() => parse(join(temp, 'link', 'new'))).toThrow('is inside the workspace');
  });

  it.each([
    ['../cache', '/srv/cache'],
    ['/srv/shop-cache', '/srv/shop-cache'],
  ])('%s is %s', (value, path) => {
    expect(cacheFolder('/srv/shop').parse(value)).toBe(path);
  });
});

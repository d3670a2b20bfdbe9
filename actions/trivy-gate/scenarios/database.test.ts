import { execFile } from 'node:child_process';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type FaultProxy,
  startFaultProxy,
  type Turn,
} from '../../../packages/local-cloud/src/fault-proxy.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import {
  databaseArtifact,
  pushDatabase,
} from '../../../packages/local-cloud/src/trivy/database-artifact.ts';
import { bundle, defaults, makeGateRunner, planted, registry, standIn } from './world.ts';

const day = 86_400_000;
const run = promisify(execFile);

describe('the vulnerability database', () => {
  let runner: Runner;
  let proxy: FaultProxy;
  let turn: (path: string) => Turn | undefined = () => undefined;
  let good = '';
  let image = '';
  const updatedAt = new Date(Date.now() - 3_600_000).toISOString();
  beforeAll(async () => {
    image = await planted('new');
    good = await pushDatabase(registry, 'gate-scenario/trivy-db', { updatedAt });
    proxy = await startFaultProxy(registry, ({ path }) => turn(path));
  });
  beforeEach(async () => {
    runner = await makeGateRunner();
    proxy.requests.splice(0);
  });
  afterEach(async () => runner[Symbol.asyncDispose]());
  afterAll(async () => proxy[Symbol.asyncDispose]());

  const through = (repository = 'gate-scenario/trivy-db:2') => `${proxy.host}/${repository}`;
  const start = (values: Record<string, string>, env: Record<string, string> = {}) =>
    runner.start(
      bundle,
      { ...defaults, image, scanners: 'vuln', 'db-repository': through(), ...values },
      env,
    ).done;
  const databases = () => join(runner.env['RUNNER_TOOL_CACHE'] ?? '', 'slipway/trivy-db');
  const cached = () => readdir(databases()).catch(() => []);
  const blobs = () => proxy.requests.filter((one) => /^GET .*\/blobs\//.test(one));

  it('is downloaded once, kept before the verdict, asked for each time, and dated in the report', async () => {
    const first = await start({});
    expect(first.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(await cached()).toEqual([expect.stringMatching(/^sha256-[0-9a-f]{64}\.tar\.gz$/)]);
    const [asked, downloaded] = [proxy.requests.length, blobs().length];
    const second = await start({});
    expect(second.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(proxy.requests.length).toBeGreaterThan(asked);
    expect(blobs()).toHaveLength(downloaded);
    expect(second.summary).toContain('| database | of ');
  });

  it('that somebody put into the cache in its place is not believed', async () => {
    await start({});
    const [name = ''] = await cached();
    const { blobs: parts } = await databaseArtifact({ updatedAt, advisories: [] });
    await writeFile(join(databases(), name), parts.at(-1)?.bytes ?? '');
    const step = await start({});
    expect(step.outputs).toMatchObject({ verdict: 'fail', critical: '1' });
    expect(step.log).toContain('is not the database that it is named after, and was removed');
  });

  it('that Trivy refuses leaves the cache', async () => {
    const picky = await standIn(
      runner,
      'picky',
      `echo '2026-08-14T10:00:00Z\tFATAL\tFatal error\terr="DB error: corrupted"' >&2\nexit 1`,
    );
    const step = await start({ 'trivy-sha256': picky.sha256 }, picky.env);
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(await cached()).toEqual([]);
  });

  it('in a folder that the repository brings is refused', async () => {
    const git = (...args: string[]) => run('git', ['-C', runner.workspace, ...args]);
    await git('init', '-q');
    await git('add', 'database');
    const step = await start({ 'db-repository': './database' });
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(step.errors[0]?.text).toContain('is part of the repository');
  });

  it('comes from the next mirror when one has enough, or none, or nothing that is right', async () => {
    turn = (path) =>
      path.includes('busy') ? { status: 429, headers: { 'retry-after': '60' } } : undefined;
    const mirrors = [through('gate/busy'), through('gate/none'), `${registry}/gate/shop:2`, good];
    const step = await start({ 'db-repository': mirrors.join('\n') });
    turn = () => undefined;
    expect(step.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(step.log).toContain('429');
  });

  it('is asked for again when a mirror is busy for a moment', async () => {
    const turns: Turn[] = [{ status: 429 }, { status: 503 }, 'reset'];
    turn = () => turns.shift();
    const step = await start({});
    expect(turns).toEqual([]);
    expect(step.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
  });

  it.each<[string, (path: string) => Turn | undefined, string]>([
    ['is refused', () => ({ status: 403 }), '403'],
    ['is not there', () => ({ status: 404 }), 'has no image'],
    [
      'has other bytes than it promised',
      (path) => (path.includes('/blobs/') ? { status: 200, body: 'x'.repeat(99) } : undefined),
      'reads back as sha256:',
    ],
  ])('that %s is an error, not a finding', async (_, faulty, said) => {
    turn = faulty;
    const step = await start({});
    turn = () => undefined;
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(step.outputs['critical']).toBeUndefined();
    expect(step.errors[0]?.text).toContain(said);
    expect(await cached()).toEqual([]);
  });

  it('from the cache is none when no mirror says what it should be', async () => {
    await start({});
    turn = () => ({ status: 404 });
    const step = await start({});
    turn = () => undefined;
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
  });

  it.each([
    ['error', 1, 'error', 'gate/database-stale'],
    ['warn', 1, 'fail', 'gate/finding'],
  ])('that is too old is, by choice, %s', async (onStale, code, verdict, reason) => {
    const old = new Date(Date.now() - 4 * day).toISOString();
    const stale = await pushDatabase(registry, 'gate-scenario/stale-db', { updatedAt: old });
    const step = await start({ 'db-repository': stale, 'db-max-age': '72h', 'on-stale': onStale });
    expect(step.code).toBe(code);
    expect(step.outputs).toMatchObject({ verdict, reason });
    const said = [...step.errors, ...step.warnings].map(({ text }) => text).join();
    expect(said).toMatch(/was made .*, 96 h ago, and may be 72 h old/);
  });

  it('in a folder makes the scan an offline one', async () => {
    const step = await start({ 'db-repository': './database' });
    expect(step.outputs['verdict']).toBe('fail');
    expect(proxy.requests).toEqual([]);
  });

  it('that is broken is an error', async () => {
    await cp(join(runner.workspace, 'database'), join(runner.workspace, 'broken'), {
      recursive: true,
    });
    await writeFile(join(runner.workspace, 'broken/db/trivy.db'), 'not a database at all');
    const step = await start({ 'db-repository': './broken' });
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
  });

  it('is not needed to look for secrets', async () => {
    const step = await start({ scanners: 'secret', 'db-repository': through('gate/none') });
    expect(step.outputs).toMatchObject({ verdict: 'pass', 'db-updated': '' });
  });

  it('is the same one from another mirror', async () => {
    await start({});
    const downloaded = blobs().length;
    expect((await start({ 'db-repository': good })).outputs['verdict']).toBe('fail');
    expect(blobs()).toHaveLength(downloaded);
    expect(await cached()).toHaveLength(1);
  });
});

import { cp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { clockAt } from '../../../packages/local-cloud/src/clock-at.ts';
import {
  type FaultProxy,
  startFaultProxy,
  type Turn,
} from '../../../packages/local-cloud/src/fault-proxy.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import { pushDatabase } from '../../../packages/local-cloud/src/trivy/database-artifact.ts';
import { bundle, defaults, makeGateRunner, planted, registry } from './world.ts';

const day = 86_400_000;

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
  /** Days of the one list of mirrors that was used. */
  const cached = async () => {
    const [folder = ''] = await readdir(databases());
    return readdir(join(databases(), folder));
  };

  it('is pulled once a day, kept before the verdict, and dated in the report', async () => {
    const first = await start({});
    expect(first.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(await cached()).toEqual([new Date().toISOString().slice(0, 10)]);
    const asked = proxy.requests.length;
    const second = await start({});
    expect(second.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(proxy.requests).toHaveLength(asked);
    expect(second.summary).toContain('| database | of ');
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

  it('of yesterday is good when no mirror answers, as long as it is not too old', async () => {
    await start({});
    turn = () => ({ status: 404 });
    const tomorrow = clockAt(new Date(Date.now() + day).toISOString());
    const step = await start({ 'db-max-age': '48h' }, tomorrow);
    const strict = await start({ 'db-max-age': '12h' }, tomorrow);
    turn = () => undefined;
    expect(step.outputs).toMatchObject({ verdict: 'fail', 'db-updated': updatedAt });
    expect(step.warnings.map(({ text }) => text).join()).toContain('from the cache is used');
    expect(strict.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
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

  it('is thrown away after some days', async () => {
    for (const days of [0, 1, 2, 3]) {
      const at = new Date(Date.now() + days * day).toISOString();
      expect((await start({}, clockAt(at))).outputs['verdict']).toBe('fail');
    }
    const kept = [1, 2, 3].map((days) => new Date(Date.now() + days * day).toISOString());
    expect(await cached()).toEqual(kept.map((time) => time.slice(0, 10)));
  });

  it('of other mirrors is another one', async () => {
    await start({});
    expect((await start({ 'db-repository': good })).outputs['verdict']).toBe('fail');
    expect(await readdir(databases())).toHaveLength(2);
  });
});

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle, makeWorld, type World } from './world.ts';

const pin = '4711';
const root = process.getuid?.() === 0;
const why = root ? '' : ' (skipped: only root can make a second user)';

/** Somebody else who may log in to the host. */
(root ? describe : describe.skip)(`another user on the host${why}`, () => {
  const name = `slipway${process.pid}`;
  let ids: { uid: number; gid: number };
  let world: World;
  let folder: string;
  let path: string;
  beforeAll(async () => {
    execFileSync('useradd', ['--no-create-home', '--shell', '/bin/sh', name]);
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));
    ids = { uid: id('-u'), gid: id('-g') };
    world = await makeWorld();
    folder = mkdtempSync(join(tmpdir(), 'slipway-two-users-'));
    chmodSync(folder, 0o755);
    path = join(folder, 'app');
    writeFileSync(join(world.runner.workspace, 'file'), 'text');
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
    execFileSync('userdel', [name]);
  }, 30_000);

  const deploy = (more: Record<string, string> = {}) => {
    const { hosts = '', 'private-key': key = '', 'known-hosts': pins = '' } = world.inputs;
    const inputs = { hosts, path, 'private-key': key, 'known-hosts': pins, mode: 'release' };
    return world.runner.start(bundle, {
      ...inputs,
      secrets: `PIN=${pin}`,
      timeout: '30s',
      'lock-timeout': '5s',
      ...more,
    }).done;
  };
  /** What the other user is told when he tries. */
  const asOther = (script: string) =>
    spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', ...ids });

  it('sees the files that are served, and nothing of how they came there', async () => {
    const step = await deploy();
    expect(step.outputs['status']).toBe('deployed');
    expect(asOther('cat app/current/file').stdout).toBe('text');
    for (const script of [
      'ls app/.slipway',
      'cat app/current/.env',
      `cat app/.slipway/releases/${step.outputs['release']}`,
      'cat app/.slipway/key',
      'flock -n app/.slipway/busy true',
      'mkdir app/.slipway/lock',
    ]) {
      expect([script, asOther(script).status]).not.toEqual([script, 0]);
    }
    expect(statSync(join(path, '.slipway')).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, '.slipway/key')).mode & 0o777).toBe(0o600);
  }, 60_000);

  it('does not find a short secret by the digest of the environment', async () => {
    const { release = '' } = (await deploy({ secrets: 'PIN=4712' })).outputs;
    const [, kept = ''] = readFileSync(join(path, '.slipway/releases', release), 'utf8')
      .trim()
      .split(' ');
    expect(kept).toMatch(/^[0-9a-f]{64}$/);
    const { hash } = process.getBuiltinModule('node:crypto');
    for (let tried = 0; tried < 10_000; tried += 1) {
      const env = JSON.stringify([['PIN', `${tried}`.padStart(4, '0')]]);
      expect(hash('sha256', env, 'hex')).not.toBe(kept);
    }
    expect((await deploy({ secrets: 'PIN=4712' })).outputs['status']).toBe('unchanged');
  }, 60_000);

  it('holds nothing up who has got at an older installation', async () => {
    chmodSync(join(path, '.slipway'), 0o755);
    writeFileSync(join(path, '.slipway/busy'), '');
    const holder = spawn(
      'sh',
      ['-c', 'exec 9<app/.slipway/busy; flock -n 9 && echo on; sleep 60'],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
        ...ids,
      },
    );
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    try {
      const step = await deploy({ secrets: 'PIN=4713' });
      expect(step.outputs['status']).toBe('deployed');
      expect(statSync(join(path, '.slipway')).mode & 0o777).toBe(0o700);
    } finally {
      if (holder.pid) process.kill(-holder.pid);
    }
  }, 60_000);

  it('who owns the folder of the lock is named', async () => {
    execFileSync('chown', [`${ids.uid}`, join(path, '.slipway')]);
    const step = await deploy({ secrets: 'PIN=4714' });
    expect(step.errors[0]).toMatchObject({ title: 'deploy-ssh: ssh/path' });
    expect(step.errors[0]?.text).toContain('belongs to another user');
    execFileSync('chown', ['0', join(path, '.slipway')]);
  }, 60_000);
});

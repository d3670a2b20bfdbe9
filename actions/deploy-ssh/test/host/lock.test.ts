import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { alone } from '../../src/compose/scripts.ts';
import { holdLock } from '../../src/host/lock.ts';
import { localHost } from '../upload/local-host.ts';

const { signal } = new AbortController();
let path: string;
let said: string[];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'slipway lock '));
  said = [];
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const at = (name: string) => join(path, '.slipway', name);
const hold = (wait = 0) =>
  holdLock(
    localHost(),
    {
      path,
      owner: "it's us",
      wait,
      life: 60_000,
      clock: systemClock,
      say: (line) => said.push(line),
    },
    signal,
  );

function lockOf(owner: string, until: string): void {
  mkdirSync(at('lock'), { recursive: true });
  writeFileSync(at('lock/owner'), owner);
  writeFileSync(at('lock/until'), until);
  writeFileSync(at('lock/token'), 'of another');
}

describe('the lock of a deployment', () => {
  it.each(['a[$(touch pwned)]', '$(touch pwned)', 'x', '', '1 -o 1', `${'9'.repeat(30)}`])(
    'that says it lasts until %j is no longer one, and nothing is run or computed',
    async (until) => {
      lockOf('another run', until);
      await using _lock = await hold();
      expect(said).toEqual(['broke the expired lock of another run']);
      expect(existsSync(join(path, 'pwned'))).toBe(false);
      expect(readFileSync(at('lock/owner'), 'utf8')).toBe("it's us\n");
    },
  );

  it('that is held names its holder on one line, whatever it calls itself', async () => {
    lockOf('x\ntaken \nbroke \u001b[31m', `${Math.floor(Date.now() / 1_000) + 600}\n`);
    await expect(hold()).rejects.toMatchObject({ code: 'ssh/locked' });
    expect(said).toEqual([
      expect.stringMatching(/^waiting for the lock of x taken {2}broke {2}\[31m; it expires in/),
    ]);
    expect(readFileSync(at('lock/token'), 'utf8')).toBe('of another');
  });

  it.each([undefined, 0o755, 0o777])(
    'lies where only its user comes, after %p too',
    async (mode) => {
      if (mode !== undefined) {
        mkdirSync(at('.'));
        writeFileSync(at('busy'), '');
        spawn('chmod', [mode.toString(8), at('.')]);
      }
      await using _lock = await hold();
      expect(statSync(at('.')).mode & 0o777).toBe(0o700);
    },
  );

  it('is not taken in a folder that is a link', async () => {
    mkdirSync(join(path, 'elsewhere'));
    symlinkSync('elsewhere', at('.').replace(/\/\.?$/, ''));
    await expect(hold()).rejects.toMatchObject({
      code: 'ssh/path',
      message: expect.stringContaining('belongs to another user, or is a link'),
    });
    expect(existsSync(join(path, 'elsewhere/lock'))).toBe(false);
  });
});

describe('a script that is alone', () => {
  const run = (body: string, patience?: number) =>
    localHost().run('a step', alone(path, body, patience), signal);
  beforeEach(() => mkdirSync(at('.')));

  it('ends the one before, with all that it has started', async () => {
    const first = spawn(
      'bash',
      ['-c', 'exec 9>>.slipway/busy; flock 9; (exec 9>&-; sleep 60) & echo on; wait'],
      {
        cwd: path,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await new Promise((resolve) => first.stdout.once('data', resolve));
    const ended = new Promise((resolve) => first.once('exit', (_, name) => resolve(name)));
    expect(await run('echo alone')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('alone'),
    });
    expect(await ended).toBe('SIGTERM');
  }, 30_000);

  it('leaves a process alone that has only the number of it, and names the file', async () => {
    const innocent = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    // Holds the lock by another descriptor, as nothing of ours does.
    const holder = spawn('bash', ['-c', 'exec 8>>.slipway/busy; flock 8; echo on; sleep 60'], {
      cwd: path,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    writeFileSync(at('busy'), `${innocent.pid}\n`);
    const { code, stderr } = await run('echo alone', 1);
    expect([code, innocent.exitCode, innocent.signalCode]).toEqual([1, null, null]);
    expect(stderr).toContain('/.slipway/busy is held by a process that is no script of this user');
    innocent.kill();
    if (holder.pid) process.kill(-holder.pid);
  }, 30_000);
});

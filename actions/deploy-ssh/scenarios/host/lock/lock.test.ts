import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
import { poll } from '@slipway/shared/time/poll';
import { exclusiveScript } from '../../../src/host/exclusive-script.ts';
import { hostShell } from '../../../src/host/host-shell.ts';
import { type LockRequest, siteLock } from '../../../src/host/lock/lock.ts';
import type { Host } from '../../../src/ssh/host.ts';
import { quote } from '../../../src/ssh/shell.ts';
import { localHost } from '../../../test/upload/local-host.ts';

const { signal } = new AbortController();
let path: string;
let said: string[];
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'slipway lock '));
  said = [];
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

const at = (name: string) => join(path, '.slipway', name);
const lockFor = (owner: string, more: Partial<LockRequest> = {}) =>
  siteLock(localHost(), {
    path,
    owner,
    wait: { left: 0 },
    clock: systemClock,
    say: (line) => said.push(line),
    ...more,
  });
const acquire = () => lockFor("it's us").acquire(signal);
const inSeconds = (more: number) => `${Math.floor(Date.now() / 1_000) + more}\n`;

/** Waits for what has to come; the test's own limit ends it. */
async function until<T>(look: () => T | undefined | false): Promise<T> {
  return poll(systemClock, AbortSignal.timeout(15_000), async () => look() || undefined, {
    first: 20,
    most: 50,
  });
}

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
      await using _lock = await acquire();
      expect(said).toEqual(['broke the expired lock of another run']);
      expect(existsSync(join(path, 'pwned'))).toBe(false);
      expect(readFileSync(at('lock/owner'), 'utf8')).toBe("it's us\n");
    },
  );

  it('that is held names its holder on one line, whatever it calls itself', async () => {
    lockOf('x\ntaken \nbroke \u001b[31m', inSeconds(600));
    await expect(acquire()).rejects.toMatchObject({ code: 'ssh/locked' });
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
      await using _lock = await acquire();
      expect(statSync(at('.')).mode & 0o777).toBe(0o700);
    },
  );

  it('is not taken in a folder that is a link', async () => {
    mkdirSync(join(path, 'elsewhere'));
    symlinkSync('elsewhere', at('.').replace(/\/\.?$/, ''));
    await expect(acquire()).rejects.toMatchObject({
      code: 'ssh/path',
      message: expect.stringContaining('belongs to another user, or is a link'),
    });
    expect(existsSync(join(path, 'elsewhere/lock'))).toBe(false);
  });
});

describe('an expired lock', () => {
  it('is broken by one of two who come at once, 20 times', async () => {
    for (let round = 0; round < 20; round++) {
      lockOf('a dead run', inSeconds(-1));
      const runs = [lockFor('one'), lockFor('two')];
      const ended = await Promise.allSettled(runs.map((lock) => lock.acquire(signal)));
      const held = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
      expect(held).toHaveLength(1);
      expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: { code: 'ssh/locked' },
      });
      for (const lock of held) await lock[Symbol.asyncDispose]();
      expect(existsSync(at('lock'))).toBe(false);
    }
    expect(said.filter((line) => line.startsWith('broke'))).toHaveLength(20);
  }, 60_000);

  it('is not broken by one who found it expired before another one took it', async () => {
    lockOf('a dead run', inSeconds(-1));
    // Stops the slow one after it has judged, before it moves anything.
    writeFileSync(
      join(path, 'rm'),
      `#!/bin/sh
case "$*" in
  *.slipway/lock) : > judged; tries=0
    while [ ! -e go ] && [ "$tries" -lt 500 ]; do tries=$((tries + 1)); sleep 0.02; done ;;
esac
exec /bin/rm "$@"
`,
      { mode: 0o755 },
    );
    const here = localHost();
    const slowHost: Host = {
      ...here,
      run: (what, body, ...more) =>
        here.run(
          what,
          what === 'taking the lock' ? `PATH=${quote(path)}:$PATH\n${body}` : body,
          ...more,
        ),
    };
    const usual = { path, clock: systemClock, say: (line: string) => void said.push(line) };
    const slow = siteLock(slowHost, { ...usual, owner: 'slow', wait: { left: 0 } }).acquire(signal);
    await until(() => existsSync(join(path, 'judged')));
    const quick = lockFor('quick').acquire(signal);
    await Promise.race([quick.catch(() => undefined), systemClock.sleep(1_000)]);
    writeFileSync(join(path, 'go'), '');
    const ended = await Promise.allSettled([slow, quick]);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const end of ended) if (end.status === 'fulfilled') await end.value[Symbol.asyncDispose]();
  }, 30_000);

  it('leaves nothing in the folder but a file of its user alone, and trusts no link there', async () => {
    lockOf('a dead run', inSeconds(-1));
    mkdirSync(at('lock.of-a-killed-script'));
    symlinkSync('../elsewhere', at('guard'));
    await (await acquire())[Symbol.asyncDispose]();
    expect(readdirSync(path)).toEqual(['.slipway']);
    expect(readdirSync(at('.'))).toEqual(['guard']);
    expect(statSync(at('guard')).mode & 0o777).toBe(0o600);
  });
});

describe('a lock that is held', () => {
  const expiry = () => Number(readFileSync(at('lock/until'), 'utf8'));

  it('is renewed while its holder lives, and no longer', async () => {
    const lock = await lockFor('it lives', { life: 2_000 }).acquire(signal);
    const first = expiry();
    // Three lives later it is still held.
    await until(() => expiry() > first + 6);
    await expect(acquire()).rejects.toMatchObject({ code: 'ssh/locked' });
    await lock[Symbol.asyncDispose]();
    await (await acquire())[Symbol.asyncDispose]();
    expect(said).toEqual([expect.stringContaining('waiting for the lock of it lives')]);
  }, 30_000);

  it('of a run that died is free after its short life', async () => {
    await using _dead = await lockFor('it dies').acquire(signal);
    const left = expiry() - Date.now() / 1_000;
    expect(left).toBeGreaterThan(100);
    expect(left).toBeLessThanOrEqual(121);
  });

  it('and lost is said to be, is not taken back, and lets nothing be changed', async () => {
    const mine = lockFor('late', { life: 2_000 });
    const shell = hostShell(path, mine, {
      host: localHost(),
      say: () => undefined,
      quote: () => undefined,
    });
    const lock = await mine.acquire(signal);
    await shell.change('a change', 'touch changed', signal);
    expect(existsSync(join(path, 'changed'))).toBe(true);
    lockOf('another run', inSeconds(600));
    await expect(shell.change('a change', 'touch too-late', signal)).rejects.toMatchObject({
      code: 'ssh/command',
      message: expect.stringContaining('is not held by this run any more, so nothing is changed'),
    });
    await until(() => said.length > 0);
    expect(said).toEqual([
      `the lock of ${path} was lost to another run; nothing more is changed here`,
    ]);
    await lock[Symbol.asyncDispose]();
    expect(existsSync(join(path, 'too-late'))).toBe(false);
    expect(readFileSync(at('lock/token'), 'utf8')).toBe('of another');
  }, 30_000);

  it.each(['rm -rf .slipway/lock', ': > .slipway/lock/token', 'rm .slipway/lock/token'])(
    'lets nothing be changed after %j',
    async (harm) => {
      const mine = lockFor('late');
      await using _lock = await mine.acquire(signal);
      const { run } = localHost();
      await run('harm', `cd -- ${quote(path)}\n${harm}`, signal);
      const { code } = await run(
        'a change',
        `cd -- ${quote(path)}\n${mine.fence}\n: > late`,
        signal,
      );
      expect([code, existsSync(join(path, 'late'))]).toEqual([1, false]);
    },
  );

  it('by strangers is waited for no longer than the run may wait, on all hosts together', async () => {
    lockOf('a stranger', inSeconds(9_000));
    const terms = { wait: { left: 1_500 } };
    for (const [owner, waited] of [
      ['one', '1.5 s'],
      ['two', '0.0 s'],
    ] as const)
      await expect(lockFor(owner, terms).acquire(signal)).rejects.toMatchObject({
        code: 'ssh/locked',
        message: expect.stringContaining(`waited ${waited}`),
      });
    expect(terms.wait.left).toBe(0);
  }, 30_000);
});

describe('a script that is alone', () => {
  const run = (body: string, patience?: number) =>
    localHost().run('a step', exclusiveScript(path, body, patience), signal);
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

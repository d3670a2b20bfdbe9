import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { runProgram } from '../../src/exec/program.ts';

/** Runs a script of Node; `lines` are what came while it ran. */
async function node(script: string, { env = {}, signal = new AbortController().signal } = {}) {
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  const result = await runProgram(process.execPath, ['-e', script], { env, signal, onLine });
  return { ...result, lines };
}

describe('runProgram', () => {
  it('keeps what a program prints, and how it ends', async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
    const options = { env: {}, signal: new AbortController().signal };
    expect(await runProgram(process.execPath, ['-e', script], options)).toEqual({
      code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('gives each line as it comes, also the last one without a line break', async () => {
    const { lines, stdout } = await node('process.stdout.write("a\\r\\nb\\n\\nc")');
    expect(lines).toEqual(['a', 'b', '', 'c']);
    expect(stdout).toBe('');
  });

  it('puts characters together that were cut between two chunks', async () => {
    const script = `const [a, b] = [Buffer.from([0xe6, 0x97]), Buffer.from([0xa5, 10])];
      process.stdout.write(a, () => setTimeout(() => process.stdout.write(b), 50));`;
    expect((await node(script)).lines).toEqual(['日']);
  });

  it('keeps the end of a long stderr, and gives a line without end in parts', async () => {
    const script = `process.stderr.write('x'.repeat(1_000_000) + 'end')`;
    const { lines, stderr } = await node(script);
    expect(stderr).toHaveLength(64 * 1024);
    expect(stderr).toMatch(/xend$/);
    expect(lines.join('')).toHaveLength(1_000_003);
    expect(lines.length).toBeGreaterThan(1);
  });

  it('has only the environment that it is given, and no shell', async () => {
    const script = 'console.log(JSON.stringify(process.env), process.argv[1])';
    const options = { env: { A: '$B' }, signal: new AbortController().signal };
    const { stdout } = await runProgram(process.execPath, ['-e', script, '$(id) ; *'], options);
    expect(stdout).toBe('{"A":"$B"} $(id) ; *\n');
  });

  it('says that there is no such program', async () => {
    const run = runProgram('slipway-no-such-program', [], { env: {}, signal: AbortSignal.any([]) });
    await expect(run).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('starts nothing when it is aborted already', async () => {
    const reason = new Error('cancelled');
    await expect(node('', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it.each([
    ['ends a program and what it started', ''],
    ['kills a program that does not want to end', 'process.on("SIGTERM", () => {});'],
  ])('%s when it is aborted', async (_, deaf) => {
    const child = `${deaf} console.log('child ' + process.pid); setInterval(() => {}, 1000);`;
    const script = `${deaf} const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`;
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const pids: number[] = [];
    const run = runProgram(process.execPath, ['-e', script], {
      env: {},
      signal: controller.signal,
      onLine(line) {
        pids.push(Number(/child (\d+)/.exec(line)?.[1]));
        controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
    expect(pids).toHaveLength(1);
    // The machine may take a moment to end what was killed; the limit of the test ends the wait.
    while (pids.some(isAlive)) await setImmediate();
  });
});

// A process that has ended and was not yet collected by its parent has no command line any more.
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { exports, quote, reservedNames, script } from '../../src/ssh/shell.ts';

const count = 10_000;
const mark = 'mark';

/** What a script prints after its mark, from the shell that it runs in on a host. */
function run(body: string, env: Record<string, string> = { PATH: process.env['PATH'] ?? '' }) {
  const printed = execFileSync('bash', ['-s'], {
    input: script(body, mark),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env,
  });
  return printed.slice(printed.indexOf('\n') + 1);
}

describe('quote', () => {
  const words = fc.sample(
    fc
      .oneof(
        fc.string({ unit: anyCharacter, maxLength: 24 }),
        fc.string({ unit: fc.constantFrom(...`'"\\$\`!*~#&;|<>()[]{}?^%= \t\n`), maxLength: 12 }),
      )
      .map((text) => text.replaceAll('\0', '').toWellFormed()),
    { numRuns: count, seed: 4711 },
  );

  it.each(['sh', 'bash'])(`brings ${count} random words through a real %s as they are`, (shell) => {
    const batch = 500;
    for (let start = 0; start < words.length; start += batch) {
      const some = words.slice(start, start + batch);
      const command = `printf '%s\\0' ${some.map(quote).join(' ')}`;
      const printed = execFileSync(shell, ['-c', command], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual(some);
    }
  });
});

describe('exports', () => {
  it('hands every variable that it does not refuse on as it is', () => {
    const names = run('compgen -A variable').trim().split('\n');
    const own = [
      'group',
      'IFS',
      'PS4',
      'LANG',
      'SHELL',
      'TMPDIR',
      'PWD',
      'USER',
      'COMPOSE_PROFILES',
    ];
    const kept = [...new Set([...names, ...own])].filter((name) => !reservedNames.test(name));
    const lines = kept.map((name): [string, string] => [name, `1 of ${name}`]);
    const printed = run(`env=$(command -v env)\n${exports(lines)}"$env" -0 | tr '\\0' '\\n'`);
    for (const [name, value] of lines) expect(printed).toContain(`${name}=${value}\n`);
    expect(names).toEqual(expect.arrayContaining(['UID', 'PATH', 'RANDOM']));
  });
});

describe('script', () => {
  it.each([
    ['stops at the first error', 'false\necho on', 1, ''],
    ['stops at an error in a pipe', 'false | cat\necho on', 1, ''],
    ['stops at a variable that is not set', 'echo "$nothing"\necho on', 1, ''],
    ['keeps its rest from a program that reads', 'cat\necho on', 0, 'on\n'],
    ['ends with the code that it is given', 'exit 7', 7, ''],
    ['knows its process group', '[ "$group" -gt 1 ] && echo yes', 0, 'yes\n'],
  ])('%s', (_, body, code, printed) => {
    // In a session of its own, as sshd starts it.
    const run = () =>
      execFileSync('setsid', ['--wait', 'bash', '-s'], {
        input: script(body, mark),
        encoding: 'utf8',
        stdio: 'pipe',
      });
    if (code === 0) expect(run()).toMatch(new RegExp(`^${mark} \\d+\\n${printed}$`));
    else expect(run).toThrow(expect.objectContaining({ status: code }));
  });
});

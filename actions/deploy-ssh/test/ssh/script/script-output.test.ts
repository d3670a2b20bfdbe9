import { describe, expect, it } from '@jest/globals';
import { scriptOutput } from '../../../src/ssh/script/script-output.ts';

const mark = '--- 0b5f6c1e';

describe('what a script prints', () => {
  it('is told from what comes before it and after it, in pieces of any length', () => {
    const out = `noise\n${mark} x\n${mark} 12\nkept 1\nno line break${mark} end 7\nlate\n`;
    const err = `+ export TOKEN=x\nnoise${mark}\nfirst\nlast`;
    for (const step of [1, 2, 3, 7, 1_000]) {
      const [lines, printed]: [string[], string[]] = [[], []];
      const output = scriptOutput(mark, {
        onStderr: (line) => lines.push(line),
        onStdout: (line) => printed.push(line),
      });
      for (let at = 0; at < out.length; at += step) output.out(out.slice(at, at + step));
      for (let at = 0; at < err.length; at += step) output.err(err.slice(at, at + step));
      output.end();
      expect([output.group(), output.code(), output.stdout()]).toEqual([
        '12',
        7,
        'kept 1\nno line break',
      ]);
      expect(lines).toEqual(['first', 'last']);
      expect(printed[0]).toBe('kept 1');
      expect(output.stderr()).toBe('first\nlast\n');
    }
  });

  it('has an end even behind more than is kept', () => {
    const output = scriptOutput(mark, {});
    output.out(`${mark} 12\n`);
    for (let count = 0; count < 6; count += 1) output.out('x'.repeat(1024 * 1024));
    expect(output.code()).toBeUndefined();
    output.out(`\n${mark} end 0\n`);
    expect(output.code()).toBe(0);
    expect(output.stdout().length).toBeLessThan(6 * 1024 * 1024);
  });

  it.each([
    ['a progress bar', (piece: number) => `${piece}%\r`],
    ['no line break', () => 'x'.repeat(64)],
    ['the start of the mark', () => mark],
  ])('takes no longer for 8 MB of %s', (_, piece) => {
    const start = process.cpuUsage();
    for (const begun of [false, true]) {
      const output = scriptOutput(mark, {
        onStderr: () => undefined,
        onStdout: () => undefined,
      });
      if (begun) output.out(`${mark} 12\n`);
      if (begun) output.err(`${mark}\n`);
      for (let sent = 0, count = 0; sent < 8 * 1024 * 1024; count += 1) {
        const text = piece(count).repeat(8);
        output.out(text);
        output.err(text);
        sent += text.length;
      }
      output.end();
    }
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1_000).toBeLessThan(3_000);
  });
});

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../local-cloud/src/any-character.ts';
import { inert, runnerCommands } from '../../src/action/commands.ts';
import { maskable } from '../../src/secrets/spellings.ts';
import { obeyed, readOutputFile } from './runner-rules.ts';

let written = '';
beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterAll(() => {
  jest.restoreAllMocks();
});

/** What the commands write, with the folder of the runner's files when there is one. */
function record(folder?: string) {
  for (const [variable, name] of [
    ['GITHUB_OUTPUT', 'output'],
    ['GITHUB_STEP_SUMMARY', 'summary'],
  ] as const) {
    delete process.env[variable];
    if (!folder) continue;
    // The runner makes the files.
    process.env[variable] = join(folder, name);
    appendFileSync(join(folder, name), '');
  }
  written = '';
  return { commands: runnerCommands(), log: () => written };
}

describe('commands, as the runner reads them', () => {
  it.each(['error', 'warning', 'notice'] as const)('an %s has a title and a text', (kind) => {
    const { commands, log } = record();
    commands[kind]('100% of a,b: c\nsecond line', 'ecs: 50%, web::prod');
    expect(obeyed(log())).toEqual([
      {
        command: kind,
        properties: { title: 'ecs: 50%, web::prod' },
        data: '100% of a,b: c\nsecond line',
      },
    ]);
  });

  test('any text and any title arrive as they are, whatever is in them', () => {
    const printable = fc.stringMatching(/^[^\x00-\x1f\x7f-\x9f]+$/);
    const text = fc.array(fc.oneof(printable, fc.constantFrom('\n', '%0A', '%', '::', '##[')));
    fc.assert(
      fc.property(text, fc.stringMatching(/^[a-z][ -~]*[a-z]$/), (parts, title) => {
        const { commands, log } = record();
        commands.error(parts.join(''), title);
        expect(obeyed(log())).toEqual([
          { command: 'error', properties: { title }, data: parts.join('') },
        ]);
      }),
    );
  });

  it('takes colours and control characters out of an annotation, which nobody could read', () => {
    const { commands, log } = record();
    commands.error('\x1b[31mboom\x1b[0m\x07\r\nnext', 'build');
    expect(obeyed(log())[0]?.data).toBe('boom\nnext');
  });

  it('groups lines', () => {
    const { commands, log } = record();
    commands.group('build 100%');
    commands.info('inside');
    commands.endGroup();
    expect(log()).toBe('::group::build 100%25\ninside\n::endgroup::\n');
  });
});

describe('masks', () => {
  it.each<[what: string, secret: string, masked: string[]]>([
    ['one line', 'hunter22', ['hunter22']],
    ['blanks around it, which a log may drop', '  hunter22\n', ['hunter22']],
    ['a short one is still a secret', 'abc', ['abc']],
    ['the whole and its lines', 'first\nsecond', ['first\nsecond', 'first', 'second']],
    ['Windows line ends', 'first\r\nsecond', ['first\r\nsecond', 'first', 'second']],
    ['no lines that are in every log', '{\n"a": 1\n}', ['{\n"a": 1\n}', '"a": 1']],
    [
      'no frame of a key',
      '-----BEGIN KEY-----\nMIIEpAIB\n-----END KEY-----',
      ['-----BEGIN KEY-----\nMIIEpAIB\n-----END KEY-----', 'MIIEpAIB'],
    ],
    ['nothing', '', []],
    ['blanks', ' \n ', []],
  ])('%s', (_, secret, masked) => {
    expect(maskable(secret)).toEqual(masked);
    const { commands, log } = record();
    commands.mask(secret);
    expect(obeyed(log()).map(({ command, data }) => [command, data])).toEqual(
      masked.map((part) => ['add-mask', part]),
    );
  });
});

describe('texts of others in the log', () => {
  const esc = '\x1b';
  it.each<[what: string, text: string, shown: string]>([
    ['a command', '::error::x', ': :error::x'],
    ['a command after blanks', ' \t::error::x', ' \t: :error::x'],
    ['a command on the second line', 'a\n::set-output name=a::b', 'a\n: :set-output name=a::b'],
    ['a command after CR alone', 'a\r::error::x', 'a::error::x'],
    ['a command after CR LF', 'a\r\n::error::x', 'a\n: :error::x'],
    ['a command after VT and FF', '\v\f::error::x', ': :error::x'],
    ['a command after U+0085, white space for .NET only', '\x85::error::x', ': :error::x'],
    ['a command after NBSP', '\xa0::error::x', '\xa0: :error::x'],
    ['a command after a BOM', '\ufeff::error::x', '\ufeff: :error::x'],
    ['a command after U+2028', '\u2028::error::x', ': :error::x'],
    ['a command after U+3000', '\u3000::error::x', '\u3000: :error::x'],
    ['three colons', ':::error::x', ': ::error::x'],
    ['a command that a NUL would hide', ':\0:error::x', ': :error::x'],
    ['commands that would be switched off', '::stop-commands::t', ': :stop-commands::t'],
    ['the old form', '##[error]x', '# #[error]x'],
    ['the old form inside a line', 'a ##[add-mask]x', 'a # #[add-mask]x'],
    ['the old form that a NUL would hide', '#\0#[error]x', '# #[error]x'],
    ['the old form that a lone ESC would hide', `##${esc}[error]x`, '# #[error]x'],
    ['more hashes', '####[error]x', '### #[error]x'],
    ['colons that command nothing', 'a::b http://[::1]:80', 'a::b http://[::1]:80'],
    ['colours', `${esc}[1;31mred${esc}[0m`, `${esc}[1;31mred${esc}[0m`],
    ['tabs', 'a\tb', 'a\tb'],
    ['a moved cursor', `${esc}[2J${esc}[Hhi`, '[2J[Hhi'],
    ['a title for the terminal', `${esc}]0;owned\x07hi`, ']0;ownedhi'],
    ['an 8-bit escape', '\x9b2Jhi', '2Jhi'],
    ['an escape in two pieces', `${esc}\0[2J`, '[2J'],
    ['bells and backspaces', 'a\x07\bb', 'ab'],
  ])('%s', (_, text, shown) => {
    expect(inert(text)).toBe(shown);
  });

  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...['::', ':', '##[', '#', '[', ']', 'error', 'add-mask', 'stop-commands', ' ', '\n'],
          ...['\r', '\t', '\v', '\0', '\x1b', '\x1b[', 'm', '\x85', '\xa0', '\u2028', '\ufeff'],
        ),
        fc.string({ unit: anyCharacter, maxLength: 3 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(''));

  test('nothing of it is ever obeyed, and only colours reach the terminal', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { commands, log } = record();
        commands.info(text);
        commands.quote(text);
        expect(obeyed(log())).toEqual([]);
        expect(log().replace(/\x1b\[[\d;]*m/g, '')).not.toMatch(
          /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('marks each line that is quoted', () => {
    const { commands, log } = record();
    commands.quote('Pulling 3f2a');
    expect(log()).toBe('  | Pulling 3f2a\n');
  });
});

describe('files of the runner', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-commands-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('hands over any output as it is', () => {
    const { commands } = record(folder);
    const values: string[] = [];
    const piece = fc.constantFrom('\n', '<<', '=', 'ghadelimiter_', '\r', 'output0=x', '\ufeff');
    const value = fc
      .array(fc.oneof(piece, fc.string({ unit: anyCharacter, maxLength: 5 })))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(value, (text) => {
        commands.output(`output${values.length}`, text);
        values.push(text);
      }),
    );
    expect([...readOutputFile(file('output'))]).toEqual(
      values.map((text, index) => [`output${index}`, text]),
    );
  });

  it('ends each output by a line that nobody can know beforehand', () => {
    const { commands } = record(folder);
    commands.output('one', 'a');
    const seen = file('output').trimEnd().split('\n').at(-1) ?? '';
    commands.output('two', `a\n${seen}\nthree=injected`);
    const outputs = readOutputFile(file('output'));
    expect(outputs.get('two')).toBe(`a\n${seen}\nthree=injected`);
    expect(outputs.has('three')).toBe(false);
  });

  it('appends to the summary', async () => {
    const { commands } = record(folder);
    await commands.summary('# one\n');
    await commands.summary('two\n');
    expect(file('summary')).toBe('# one\ntwo\n');
  });

  // 🚢 has four bytes, so each start lets the limit fall on another byte of it.
  it.each([0, 1, 2, 3])('cuts a summary that is too long at a line (%i)', async (start) => {
    rmSync(join(folder, 'summary'), { force: true });
    const { commands } = record(folder);
    const line = `${'🚢'.repeat(24)}\n`;
    const text = `${'x'.repeat(start)}${line.repeat(11_000)}`;
    await commands.summary(text);
    const written = file('summary');
    const [kept = '', note] = written.split('\n\n');
    expect(note).toBe('(cut: the summary was longer than GitHub shows)\n');
    expect(text.startsWith(`${kept}\n`)).toBe(true);
    expect(Buffer.byteLength(written)).toBeLessThan(1_024 * 1_024);
    expect(Buffer.byteLength(written)).toBeGreaterThan(1_000_000 - 100);
  });

  it('has nothing to keep of a single line that is too long', async () => {
    rmSync(join(folder, 'summary'), { force: true });
    await record(folder).commands.summary('🚢'.repeat(300_000));
    expect(file('summary')).toBe('\n\n(cut: the summary was longer than GitHub shows)\n');
  });

  it('does without the files outside of a runner', async () => {
    const { commands, log } = record();
    commands.output('a', 'b');
    await commands.summary('c');
    expect(log()).toBe('');
  });
});

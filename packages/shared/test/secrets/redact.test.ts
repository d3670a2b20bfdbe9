import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { much } from '../../../local-cloud/src/hostile-texts.ts';
import { slowTexts } from '../../../local-cloud/src/linear-time.ts';
import { codeBlock, codeSpan, escapeMarkdown, table } from '../../src/action/markdown.ts';
import { lineReader } from '../../src/exec/lines.ts';
import { cut } from '../../src/secrets/cut.ts';
import { readable } from '../../src/secrets/readable.ts';
import { keepSecret, redact } from '../../src/secrets/redact.ts';

// What Markdown, HTML, JSON, addresses and shells write in another way.
const markup = 'pl4nted&<b>|`*_"$\'\\/@#:x';
const lines = 'pl4nted first <line>\n\t  pl4nted & second\n\n-----END x-----\n';
const plain = 'pl4nted-password';
for (const secret of [markup, lines, plain]) keepSecret(secret);

const html = (text: string) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

describe('a secret is taken out of a text', () => {
  it.each<[how: string, text: string, shown: string]>([
    ['as it is', `a ${markup} b`, 'a *** b'],
    ['twice, side by side', `${plain}${plain}`, '******'],
    ['in an address', `https://x/?t=${encodeURIComponent(markup)}&a`, 'https://x/?t=***&a'],
    [
      'in an address in lower case',
      encodeURIComponent('pl4nted first <line>').toLowerCase(),
      '***',
    ],
    ['in a form', `t=${new URLSearchParams({ t: markup }).toString().slice(2)}&a`, 't=***&a'],
    ['in JSON', JSON.stringify({ a: markup }), '{"a":"***"}'],
    ['with its line breaks in JSON', JSON.stringify(lines.trim()), '"***"'],
    ['in HTML', `<p>${html(markup)}</p>`, '<p>***</p>'],
    ['in HTML by names', '<p>pl4nted first &lt;line&gt;</p>', '<p>***</p>'],
    ['in single quotes', `'${markup.replaceAll("'", "'\\''")}'`, "'***'"],
    ['in double quotes', `"${markup.replace(/[\\"$`]/g, '\\$&')}"`, '"***"'],
    ['a line of several', '  | pl4nted first <line> |', '  | *** |'],
    ['with its lines joined', lines.replace(/\s+/g, ' '), '*** '],
    ['with other blanks', 'pl4nted   first\r\n <line>', '***'],
    ['with colours in it', 'pl4n\x1b[1mted-\x1b[0mpassword.', '***.'],
    ['with control characters in it', 'pl4nted\0-pass\x07word', '***'],
    ['in base64', Buffer.from(plain).toString('base64'), '***A=='],
  ])('%s', (_, text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([0, 1, 2, 3, 4])('in base64 behind a name of %d bytes', (length) => {
    const login = `${'x'.repeat(length)}:${plain}:more`;
    for (const encoding of ['base64', 'base64url'] as const) {
      const shown = redact(`Basic ${Buffer.from(login).toString(encoding)}`);
      expect(shown).toMatch(/^Basic .{0,8}\*\*\*.{0,12}$/);
    }
  });

  it.each([
    ['escapeMarkdown', escapeMarkdown(`a ${markup} b`)],
    ['codeSpan', codeSpan(`a ${markup} b`)],
    ['codeBlock', codeBlock(`a ${markup} b`)],
    ['table', table(['x'], [[escapeMarkdown(markup)], [codeSpan(markup)]])],
    ['escapeMarkdown, over lines', escapeMarkdown(lines)],
  ])('by %s, so that nothing of it is in the page', (_, markdown) => {
    const page = readable(marked.parse(markdown, { gfm: true, async: false })).text;
    expect(page).toContain('***');
    expect(page).not.toContain('pl4nted');
  });

  test('before a text is cut: no half of it is left', () => {
    for (let most = 2; most < 60; most += 1) {
      expect(cut(`login with ${plain} was refused`, most)).not.toMatch(/pl/);
    }
  });

  test.each([0, 3, 16])(
    'where a line without end is given in parts, %d characters before the cut',
    (before) => {
      const parts: string[] = [];
      const reader = lineReader((line) => parts.push(line));
      const line = `${'x'.repeat(64 * 1024 - before)}${plain}${'y'.repeat(70_000)}`;
      for (let at = 0; at < line.length; at += 10_001) reader.data(line.slice(at, at + 10_001));
      reader.end();
      expect(parts.join('')).toMatch(/^x+\*\*\*y+$/);
    },
  );

  it('by the longest one of several that begin alike', () => {
    keepSecret('abcdwxyz');
    keepSecret('abcdwxyz-and-more');
    expect(redact('abcdwxyz-and-more abcdwxyz')).toBe('*** ***');
  });

  it('with what reaches into another one', () => {
    keepSecret('overlap-one');
    keepSecret('one-overlap');
    expect(redact('<overlap-one-overlap>')).toBe('<***>');
  });
});

describe('what is no secret stays', () => {
  it.each([
    ['a text', 'all is well'],
    ['markup', 'a &amp; b &#42; <!----> \\| \x1b[1mx\x1b[0m  \n c'],
    ['a piece of one', 'pl4nted'],
    ['the frame of a key', '-----END x-----'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it('a secret that is in every text', () => {
    expect(keepSecret('abc')).toEqual(['abc']);
    expect(redact('abc')).toBe('abc');
  });
});

test('any secret is found in any Markdown of ours', () => {
  const secret = fc
    .string({ unit: 'grapheme', minLength: 6, maxLength: 20 })
    .filter((text) => readable(text).text.trim().length >= 6 && text === text.trim());
  fc.assert(
    fc.property(secret, fc.constantFrom(escapeMarkdown, codeSpan), (text, write) => {
      const before = write(`<${text}>`);
      keepSecret(text);
      expect(readable(redact(before)).text).toContain('***');
      expect(readable(redact(before)).text).not.toContain(readable(text).text);
    }),
    { numRuns: 300 },
  );
});

const hostile = ['&#38;', '<!--', 'pl4n', plain, `${plain.slice(0, -1)} `].map(
  (part) => [part, (length: number) => much(part, length)] as const,
);

test('a megabyte of what begins like a secret or like markup is read in one pass', async () => {
  expect(await slowTexts(redact, { texts: hostile })).toEqual([]);
});

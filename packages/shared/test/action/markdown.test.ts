import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { codeBlock, codeSpan, escapeMarkdown, table } from '../../src/action/markdown.ts';

/** GitHub's flavour, as HTML. */
const render = (markdown: string) => marked.parse(markdown, { gfm: true, async: false }).trim();

const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' };

/** HTML text as a reader sees it. */
const seen = (html: string) =>
  html
    .replaceAll('<!---->', '')
    .replace(/&(?:#(\d+)|(lt|gt|quot|amp));/g, (_, code, name) =>
      code ? String.fromCodePoint(Number(code)) : (named[name] ?? ''),
    );

const nasty = fc.constantFrom(
  ...['*', '_', '`', '```', '~~', '[', ']', '(', ')', '!', '#', '# ', '> ', '- ', '+ ', '1. '],
  ...['1) ', '<', '>', '<b>', '</code>', '<!--', '-->', '&', '&lt;', '&#64;', '|', '\\', '\\|'],
  ...['@octocat', '#123', ':tada:', 'https://x.example', 'www.x.example', 'a@b.example', '$x$'],
  ...['[a](b)', '![a](b)', '[^1]', '---', '===', '    ', '\t', ' ', 'word', 'é', '🚢'],
);
/** One line of text with marks in it, as it is seen: no blanks at its ends. */
const line = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 12 })
  .map((parts) => parts.join('').trim())
  .filter((text) => text !== '' && !/[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]/.test(text));

describe('escapeMarkdown', () => {
  it.each<[what: string, text: string, html: string]>([
    ['a heading', '# a', '# a'],
    ['a list', '- a', '- a'],
    ['a numbered list', '12. a', '12. a'],
    ['a code block', '    a', 'a'],
    ['a tag', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['an entity', '&lt;b&gt;', '&lt;b&gt;'],
    ['a link', '[a](https://x.example)', '[a](https://x.example)'],
    ['a table', '| a |', '| a |'],
    ['several lines', 'a\n\n# b\r\nc\u2028d', 'a # b c d'],
    ['colours and control characters', '\x1b[31ma\x1b[0m\x07\0', 'a'],
    ['nothing', '', ''],
  ])('shows %s as text', (_, text, shown) => {
    const html = render(escapeMarkdown(text)).replace(/^<p>(.*)<\/p>$/s, '$1');
    expect(html.replaceAll('<!---->', '')).not.toContain('<');
    expect(seen(html)).toBe(shown);
  });

  test('any text shows exactly itself: no tag, link, image, list or code', () => {
    fc.assert(
      fc.property(line, (text) => {
        const html = render(escapeMarkdown(text));
        const [, inner = ''] = /^<p>(.*)<\/p>$/s.exec(html) ?? [];
        expect(inner.replaceAll('<!---->', '')).not.toMatch(/[<>]/);
        expect(seen(inner)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('no mention, issue, emoji or address is left in one piece', () => {
    fc.assert(
      fc.property(line, (text) => {
        for (const piece of render(escapeMarkdown(text)).split('<!---->')) {
          expect(seen(piece)).not.toMatch(
            /@[\w-]|#\d|:[\w+-]+:|\b(?:https?|ftp):\/\/|\bwww\.\w|\w@\w/i,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('codeSpan', () => {
  it.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
    ['``a', '``` ``a ```'],
    [' a ', '`  a  `'],
    ['a\nb\x07', '`a b`'],
    ['', ''],
    ['a|b', '`a|b`'],
    ['a\\|b', '<code>a&#92;&#124;b</code>'],
  ])('%j is %s', (text, markdown) => {
    expect(codeSpan(text)).toBe(markdown);
  });

  test('any text shows exactly itself', () => {
    fc.assert(
      fc.property(line, (text) => {
        const html = render(codeSpan(text)).replaceAll('<!---->', '');
        expect(html).toMatch(/^<p><code>[^<>]*<\/code><\/p>$/);
        expect(seen(html.slice('<p><code>'.length, -'</code></p>'.length))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });
});

describe('codeBlock', () => {
  it.each([
    ['a\nb\n', '```text\na\nb\n```'],
    ['```\n# out', '````text\n```\n# out\n````'],
    ['\x1b[32mok\x1b[0m\r\n', '```text\nok\n```'],
  ])('%j', (text, markdown) => {
    expect(codeBlock(text)).toBe(markdown);
  });

  it('says the language', () => {
    expect(codeBlock('{}', 'json')).toBe('```json\n{}\n```');
  });

  test('any lines show exactly themselves', () => {
    fc.assert(
      fc.property(fc.array(line), (parts) => {
        const html = render(codeBlock(parts.join('\n')));
        const [, inner = ''] =
          /^<pre><code class="language-text">([^<>]*)<\/code><\/pre>$/.exec(html) ?? [];
        expect(seen(inner).trimEnd()).toBe(parts.join('\n').trimEnd());
      }),
    );
  });

  it('copes with a log of nothing but backticks', () => {
    expect(codeBlock('` '.repeat(200_000))).toMatch(/^```text\n/);
  });
});

describe('table', () => {
  it('escapes what would end a cell', () => {
    expect(table(['', 'before'], [['a', codeSpan('x|y')]])).toBe(
      '|  | before |\n| --- | --- |\n| a | `x\\|y` |',
    );
  });

  // A browser shows a run of blanks as one.
  const squeeze = (text: string) => text.replace(/[ \t]+/g, ' ');

  test('every cell shows exactly its text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(line, line), { minLength: 1, maxLength: 3 }), (rows) => {
        const cells = rows.map(([text, code]) => [escapeMarkdown(text), codeSpan(code)]);
        const html = render(table(['text', 'code'], cells)).replaceAll('<!---->', '');
        const found = [...html.matchAll(/<td>(?:<code>)?([^<>]*)(?:<\/code>)?<\/td>/g)];
        expect(found.map(([, cell = '']) => squeeze(seen(cell)))).toEqual(rows.flat().map(squeeze));
      }),
      { numRuns: 300 },
    );
  });
});

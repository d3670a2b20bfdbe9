import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hostileTexts } from '../../../local-cloud/src/hostile-texts.ts';
import { linearTime, slowTexts, threadTime } from '../../../local-cloud/src/linear-time.ts';
import { inert, runnerCommands } from '../../src/action/commands.ts';
import {
  BadInput,
  boolean,
  choice,
  duration,
  type Input,
  lines,
  statuses,
  text,
  trim,
  webAddress,
} from '../../src/action/input.ts';
import { map, secretMap } from '../../src/action/key-values.ts';
import { codeBlock, codeSpan, escapeMarkdown, table } from '../../src/action/markdown.ts';
import { plainText, withoutEnd } from '../../src/action/plain-text.ts';
import { lineReader } from '../../src/exec/lines.ts';
import { Failure, messageOf } from '../../src/failure/failure.ts';
import { parseJson } from '../../src/http/json.ts';
import { parseChallenges } from '../../src/image/challenge.ts';
import { nextPage } from '../../src/image/page.ts';
import { InvalidReference, parseReference } from '../../src/image/reference.ts';
import { oneLine, refusalOf } from '../../src/image/said.ts';
import { cut } from '../../src/secrets/cut.ts';
import { keepSecret, redact } from '../../src/secrets/redact.ts';
import { maskable } from '../../src/secrets/spellings.ts';

keepSecret('pl4nted first <line>\npl4nted & second');

const nowhere = runnerCommands();
beforeAll(() => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterAll(() => {
  jest.restoreAllMocks();
});
const bytes = (body: string) => new TextEncoder().encode(body);

/** What reads text that somebody else wrote. */
const readers: ReadonlyArray<readonly [name: string, read: (text: string) => unknown]> = [
  ['escapeMarkdown', escapeMarkdown],
  ['codeSpan', codeSpan],
  ['codeBlock', codeBlock],
  ['table', (text) => table(['a', 'b'], [[text, text]])],
  ['plainText', plainText],
  ['withoutEnd', (text) => withoutEnd(text, ' .')],
  ['trim', trim],
  ['inert', inert],
  ['a mask', maskable],
  ['redact', redact],
  ['cut', (text) => cut(text, 300)],
  ['an annotation', (text) => nowhere.error(text, text)],
  ['a line of the log', (text) => nowhere.quote(text)],
  ['messageOf', (text) => messageOf(new Error(text, { cause: new Error(text) }))],
  ['a failure', (text) => Failure.of('action/input', { problems: text }).at(text)],
  ['oneLine', oneLine],
  ['a refusal of a registry', (text) => refusalOf(answerOf(text))],
  ['parseJson', parseJson],
  ['parseChallenges', parseChallenges],
  ['nextPage', nextPage],
  ['parseReference', parseReference],
];

function answerOf(text: string) {
  const body = JSON.stringify({ errors: [{ code: text, message: text }] });
  return { status: 400, headers: new Headers(), body: bytes(body), url: 'https://x.example' };
}

const inputs: ReadonlyArray<readonly [name: string, input: Input<unknown>]> = [
  ['text', text],
  ['boolean', boolean],
  ['choice', choice('a', 'b')],
  ['duration', duration('1s', '1h')],
  ['lines', lines(text)],
  ['map', map()],
  ['secretMap', secretMap()],
  ['statuses', statuses],
  ['webAddress', webAddress],
];

describe('a megabyte of somebody else is read or refused in one pass', () => {
  const refused = (error: unknown) => error instanceof InvalidReference;
  it.each(readers)('%s', async (_, read) => {
    expect(await slowTexts(read, { refused })).toEqual([]);
  });
});

describe('the longest input is read or refused in one pass', () => {
  const refused = (error: unknown) => error instanceof BadInput;
  it.each(inputs)('%s', async (_, input) => {
    const read = (value: string) => [input.secrets?.(value), input.parse(value)];
    expect(await slowTexts(read, { refused, lengths: [100_000] })).toEqual([]);
  });
});

describe('two megabytes that come in pieces of a thousand characters', () => {
  it.each(hostileTexts)('of %s are lines of at most 64 KiB', (_, make) => {
    const chunk = make(1_000);
    let [longest, taken] = [0, 0];
    const reader = lineReader((line) => {
      // Jest looks up a global such as Math slowly, and there are two million lines.
      if (line.length > longest) longest = line.length;
      taken += line.length;
    });
    const count = 2_000;
    const took = threadTime(() => {
      for (let index = 0; index < count; index += 1) reader.data(chunk);
      reader.end();
    });
    expect(longest).toBeLessThanOrEqual(64 * 1024);
    expect(taken).toBeLessThanOrEqual(count * chunk.length);
    expect(took).toBeLessThan(linearTime(count * chunk.length));
  });
});

import { appendFileSync } from 'node:fs';
import { keepSecret, redact } from '../secrets/redact.ts';
import type { Environment } from './github.ts';
import { plainText } from './plain-text.ts';

/**
 * The runner's side of an action: log lines, annotations, masks, outputs, job summary.
 * Ours instead of @actions/core because it must work before anything heavy is loaded
 * (docs/decisions/0002). Protocol: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export interface Commands {
  /** One or more lines of our own words. */
  info(text: string): void;
  /** A line of somebody else's: shown, never obeyed. */
  quote(line: string): void;
  group(title: string): void;
  endGroup(): void;
  error(text: string, title: string): void;
  warning(text: string, title: string): void;
  notice(text: string, title: string): void;
  /**
   * From now on the runner shows `***` for the value, and for each of its lines; and everything that
   * we write has `***` in its place, as a runner does not know a text that was escaped or cut.
   */
  mask(secret: string): void;
  output(name: string, value: string): void;
  /** Appends Markdown to the job summary; what exceeds GitHub's 1 MiB for a step is cut. */
  summary(markdown: string): void;
}

const summaryLimit = 1_000_000;

/** Commands for a runner that is described by `env`; `write` gets whole lines. */
export function runnerCommands(env: Environment, write: (text: string) => void): Commands {
  const annotate = (kind: string, text: string, title: string) =>
    write(
      `::${kind} title=${escapeProperty(redact(title))}::${escapeData(plainText(redact(text)))}\n`,
    );
  return {
    info: (text) => write(`${inert(redact(text))}\n`),
    quote: (line) => write(`  | ${inert(redact(line))}\n`),
    group: (title) => write(`::group::${escapeData(redact(title))}\n`),
    endGroup: () => write('::endgroup::\n'),
    error: (text, title) => annotate('error', text, title),
    warning: (text, title) => annotate('warning', text, title),
    notice: (text, title) => annotate('notice', text, title),
    mask: (secret) => {
      for (const part of keepSecret(secret)) write(`::add-mask::${escapeData(part)}\n`);
    },
    output: (name, value) => {
      const file = env['GITHUB_OUTPUT'];
      if (!file) return;
      const end = `end_${globalThis.crypto.randomUUID()}`;
      appendFileSync(file, `${name}<<${end}\n${redact(value)}\n${end}\n`);
    },
    summary: (markdown) => {
      const file = env['GITHUB_STEP_SUMMARY'];
      if (file) appendFileSync(file, cutBytes(redact(markdown), summaryLimit));
    },
  };
}

/**
 * A text that the runner takes for text: no workflow command in it is obeyed, no control character
 * reaches the terminal. Colours (SGR sequences) and tabs stay. The runner obeys `##[name]` anywhere
 * in a line, and `::name::` after any white space that .NET knows, which includes U+0085.
 * Source: actions/runner, ActionCommand.cs
 */
export function inert(text: string): string {
  return text
    .replace(/\x1b(?!\[[\d;]*m)/g, '')
    .replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u2028\u2029]/g, '')
    .replace(/^([^\S\n]*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '# #[');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = Buffer.from(text).subarray(0, limit).toString('utf8');
  const lines = cut.slice(0, Math.max(0, cut.lastIndexOf('\n')));
  return `${lines}\n\n(cut: the summary was longer than GitHub shows)\n`;
}

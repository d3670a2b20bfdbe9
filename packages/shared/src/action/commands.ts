import * as core from '@actions/core';
import { keepSecret, redact } from '../secrets/redact.ts';
import { plainText } from './plain-text.ts';

/**
 * The runner's side of an action: log lines, annotations, masks, outputs, job summary. The protocol is
 * that of @actions/core. This adds what it leaves to its caller (docs/decisions/0002): it takes secrets
 * out, keeps the runner from obeying untrusted text, and cuts what GitHub would refuse as too long.
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
  summary(markdown: string): Promise<void>;
}

const summaryLimit = 1_000_000;

/** Commands for the runner of this process; outside of one there are neither outputs nor a summary. */
export function runnerCommands(): Commands {
  const shown = (text: string) => plainText(redact(text));
  return {
    info: (text) => core.info(inert(redact(text))),
    quote: (line) => core.info(`  | ${inert(redact(line))}`),
    group: (title) => core.startGroup(redact(title)),
    endGroup: () => core.endGroup(),
    error: (text, title) => core.error(shown(text), { title: redact(title) }),
    warning: (text, title) => core.warning(shown(text), { title: redact(title) }),
    notice: (text, title) => core.notice(shown(text), { title: redact(title) }),
    mask: (secret) => {
      for (const part of keepSecret(secret)) core.setSecret(part);
    },
    output: (name, value) => {
      // Without a file it would be a command in the log, which no runner obeys any more.
      if (process.env['GITHUB_OUTPUT']) core.setOutput(name, redact(value));
    },
    async summary(markdown) {
      if (!process.env['GITHUB_STEP_SUMMARY']) return;
      await core.summary.addRaw(cutBytes(redact(markdown), summaryLimit)).write();
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

function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const cut = Buffer.from(text).subarray(0, limit).toString('utf8');
  const lines = cut.slice(0, Math.max(0, cut.lastIndexOf('\n')));
  return `${lines}\n\n(cut: the summary was longer than GitHub shows)\n`;
}

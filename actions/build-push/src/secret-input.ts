import { BadInput, type Input } from '@slipway/shared/action/input';

interface Entry {
  /** Line that it begins in, counted from 1. */
  line: number;
  id: string;
  value: string;
  /** What is wrong with its form; never has text of the input in it. */
  wrong?: string;
}

const example = 'npm_token=…, or a line npm_token<<END, the lines of the value, a line END';

/**
 * Build secrets: `ID=VALUE` a line, everything after the first `=` kept as it is; a value of several
 * lines between `ID<<END` and a line `END`, as in the file of GITHUB_OUTPUT.
 */
export const buildSecrets: Input<Map<string, string>> = {
  multiline: true,
  longest: 500_000,
  example,
  // Less than four characters are in every log: masked, they would make it unreadable.
  secrets: (text) =>
    entriesOf(text)
      .map(({ value }) => value)
      .filter((value) => value.trim().length >= 4),
  parse(text) {
    const values = new Map<string, string>();
    for (const { line, id, value, wrong } of entriesOf(text)) {
      if (wrong !== undefined) throw new BadInput(`${wrong} in line ${line}`, example);
      if (values.has(id)) throw new BadInput(`has the id of line ${line} twice`, example);
      values.set(id, value);
    }
    return values;
  },
};

function entriesOf(text: string): Entry[] {
  const lines = text.split('\n');
  const entries: Entry[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    const content = (lines[at] ?? '').replace(/^[ \t]+|\r$/g, '');
    if (/^(?:[ \t]*$|#)/.test(content)) continue;
    const [, id, end] = /^([\w.-]+)[ \t]*<<(\S+)[ \t]*$/.exec(content) ?? [];
    if (id === undefined || end === undefined) {
      entries.push({ line, ...entryOf(content) });
      continue;
    }
    const rest = lines.slice(at + 1);
    const length = rest.findIndex((candidate) => candidate.trim() === end);
    const value = rest.slice(0, length < 0 ? rest.length : length).join('\n');
    const wrong = 'has no end of the value that begins';
    entries.push({ line, id, value, ...(length < 0 && { wrong }) });
    at += length < 0 ? rest.length : length + 1;
  }
  return entries;
}

// A line that is no entry may be part of a secret that lost its form: all of it counts as one.
function entryOf(content: string): Omit<Entry, 'line'> {
  const [, id, value] = /^([\w.-]+)[ \t]*=(.*)$/s.exec(content) ?? [];
  if (id !== undefined && value !== undefined) return { id, value };
  return {
    id: '',
    value: content,
    wrong: content.includes('=') ? 'has no usable id' : 'has no =',
  };
}

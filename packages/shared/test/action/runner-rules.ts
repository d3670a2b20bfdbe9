/**
 * What the runner makes of what a step writes. The rules are those of actions/runner:
 * ActionCommand.cs (log lines) and FileCommandManager.cs (output file).
 */

/** A command that the runner found in the log. */
export interface Obeyed {
  command: string;
  properties: Record<string, string>;
  data: string;
}

const known = new Set(
  `add-mask add-matcher add-path debug echo endgroup error group internal-set-repo-path notice
  remove-matcher save-state set-env set-output stop-commands warning`.split(/\s+/),
);

/** The commands in a step's log, in their order. */
export function obeyed(log: string): Obeyed[] {
  // .NET's ReadLine ends a line at CR, LF or both.
  return log.split(/\r\n|\r|\n/).flatMap((line) => doubleColon(line) ?? hashes(line) ?? []);
}

// `::name key=value,key=value::data`, after white space as .NET knows it.
function doubleColon(line: string): Obeyed | undefined {
  const rest = line.replace(
    /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/,
    '',
  );
  const end = rest.indexOf('::', 2);
  if (!rest.startsWith('::') || end < 0) return undefined;
  return command(rest.slice(2, end), ',', rest.slice(end + 2), {
    '%0D': '\r',
    '%0A': '\n',
    '%3A': ':',
    '%2C': ',',
  });
}

// `##[name key=value;key=value]data`, anywhere in a line.
function hashes(line: string): Obeyed | undefined {
  const start = line.indexOf('##[');
  const end = line.indexOf(']', start);
  if (start < 0 || end < 0) return undefined;
  return command(line.slice(start + 3, end), ';', line.slice(end + 1), {
    '%3B': ';',
    '%0D': '\r',
    '%0A': '\n',
    '%5D': ']',
  });
}

function command(
  info: string,
  separator: string,
  data: string,
  escapes: Record<string, string>,
): Obeyed | undefined {
  const [name = '', ...more] = info.split(' ');
  if (!known.has(name.toLowerCase())) return undefined;
  const pairs = more
    .join(' ')
    .trim()
    .split(separator)
    .flatMap((pair) => {
      const [, key, value] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
      return key === undefined || value === undefined ? [] : [[key, decode(value, escapes)]];
    });
  // In data, a colon and a comma are never escaped.
  const { '%3A': _colon, '%2C': _comma, ...inData } = escapes;
  return {
    command: name.toLowerCase(),
    properties: Object.fromEntries(pairs),
    data: decode(data, inData),
  };
}

function decode(text: string, escapes: Record<string, string>): string {
  let plain = text;
  for (const [code, mark] of Object.entries(escapes)) plain = plain.replaceAll(code, mark);
  return plain.replaceAll('%25', '%');
}

/** The outputs in a step's output file: `name=value` lines and `name<<end` blocks. */
export function readOutputFile(text: string): Map<string, string> {
  const outputs = new Map<string, string>();
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift() ?? '';
    if (line === '') continue;
    const [, name = '', sign, rest = ''] = /^([^=]*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (sign === undefined) throw new Error(`Invalid format '${line}'`);
    if (sign === '=') {
      outputs.set(name, rest);
      continue;
    }
    const end = lines.indexOf(rest);
    if (end < 0) throw new Error(`Matching delimiter not found '${rest}'`);
    outputs.set(
      name,
      lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n'),
    );
  }
  return outputs;
}

import { trim } from '@slipway/shared/action/input';

/** Fields of a kubeconfig whose values nobody may see. */
const secretField =
  /["']?(?:token|password|client-key-data|client-secret|(?<![\w-])value)["']?[ \t]*:(?=[\s"'])|["'](?:[\w-]*token|password|client-key-data|client-secret|value)["'][ \t]*:/gi;
/** Names of variables whose values are secrets; all others are shown, such as a region. */
const secretVariable = /pass|secret|token|credential|private|auth|key|assertion/i;
const inAddress = /:\/\/[^\s/:@]{0,200}:([^\s/@]{1,2000})@/g;
/** So far a name is from its value, in characters. */
const near = 400;
/** The longest text between braces that is put together from several lines. */
const longestFolded = 2_000;

/**
 * The tokens, keys and passwords in the text of a kubeconfig. Read without a YAML parser, since it is
 * masked before anything is parsed: one line too much is masked rather than one too little. Each
 * character is looked at a few times only.
 */
export function kubeconfigSecrets(text: string): string[] {
  const found = [...text.matchAll(inAddress)].map(([, password = '']) => password);
  secretField.lastIndex = 0;
  let line = 0;
  for (let match = secretField.exec(text); match; match = secretField.exec(text)) {
    const [field] = match;
    for (let next = line; next > 0 || line === 0; ) {
      next = text.indexOf('\n', line) + 1;
      if (next === 0 || next > match.index) break;
      line = next;
    }
    const place = placeOf(text, line, match.index);
    const value = valueAt(text, secretField.lastIndex, place);
    secretField.lastIndex = value.end;
    if (/value/i.test(field) && isShown(text, match.index, value.end)) continue;
    found.push(...value.texts);
  }
  return [...new Set(found.map((one) => trim(one)))].filter((one) => one !== '');
}

/** Where a field stands. */
interface FieldPlace {
  /** Blanks before it. The dash of a list counts as one: what belongs to its item is below its first field. */
  indent: number;
  /** Whether nothing is before it in its line. */
  isFirst: boolean;
}

function placeOf(text: string, line: number, at: number): FieldPlace {
  const blanks = /[ \t]*(?:-[ \t]+)*/y;
  blanks.lastIndex = line;
  const indent = blanks.exec(text)?.[0].length ?? 0;
  return { indent, isFirst: line + indent >= at };
}

interface FoundValue {
  /** What it may mean. */
  texts: readonly string[];
  end: number;
}

function valueAt(text: string, from: number, place: FieldPlace): FoundValue {
  const blanks = /^[ \t]*(?:\r?\n([ \t]*))?(?:[&!][^\s]{0,200}\s+)*/;
  const [before = '', below] = blanks.exec(text.slice(from, from + 2_000)) ?? [];
  // What is on the next line, and no further to the right, is another field.
  if (below !== undefined && below.length <= place.indent) return { texts: [], end: from };
  const start = from + before.length;
  switch (text[start]) {
    case '"':
      return quoted(text, start, '"');
    case "'":
      return quoted(text, start, "'");
    case '|':
    case '>':
      return block(text, start, place.indent);
    default:
      return plain(text, start, place);
  }
}

function quoted(text: string, start: number, mark: '"' | "'"): FoundValue {
  let end = start + 1;
  while (end < text.length && text[end] !== mark) {
    if (mark === '"' && text[end] === '\\') end += 1;
    end += 1;
    if (mark === "'" && text[end] === mark && text[end + 1] === mark) end += 2;
  }
  const inside = text.slice(start + 1, end);
  const folded = inside
    .replace(/\\\r?\n[ \t]*/g, '')
    .replace(/\r?\n/g, '\n')
    .split('\n')
    .map((line) => trim(line))
    .join(' ');
  const meant = mark === '"' ? unescaped(folded) : folded.replaceAll("''", "'");
  return { texts: [inside, meant], end: end + 1 };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  e: '\x1b',
  0: '\0',
};

function unescaped(text: string): string {
  return text.replace(/\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)/gis, (found) => {
    const sign = found.slice(1);
    if (sign.length === 1) return escapes[sign] ?? sign;
    const code = Number.parseInt(sign.slice(1), 16);
    return code > 0x10ffff ? '' : String.fromCodePoint(code);
  });
}

/** A text on the lines below that are further to the right. */
function block(text: string, start: number, indent: number): FoundValue {
  const { end, lines } = deeper(text, endOfLine(text, start), indent);
  return { texts: [lines.join('\n'), lines.join(' '), ...lines], end };
}

function plain(text: string, start: number, { indent, isFirst }: FieldPlace): FoundValue {
  const flow = /[^,}\]\n]*/y;
  flow.lastIndex = start;
  const [inFlow = ''] = flow.exec(text) ?? [];
  const flowEnd = start + inFlow.length;
  // Between braces a text may go on in the next line.
  const whole = text.slice(start, start + longestFolded).split(/[,}\]]/, 1)[0] ?? '';
  const folded = whole.split('\n').map((line) => trim(line));
  const inBraces = [withoutComment(inFlow), folded.join(' ')];
  if (!isFirst) return { texts: inBraces, end: flowEnd };
  const lineEnd = endOfLine(text, flowEnd);
  const first = withoutComment(text.slice(start, lineEnd));
  const { end, lines } = deeper(text, lineEnd, indent);
  const isField = (line: string) => /^-? ?["']?[\w-]{1,100}["']?:(?: |$)/.test(line);
  // Lines below that are fields are none of its own.
  if (lines.length === 0 || lines.some(isField)) {
    return { texts: [...inBraces, first], end: lineEnd };
  }
  return { texts: [...inBraces, first, [first, ...lines].join(' '), ...lines], end };
}

function withoutComment(line: string): string {
  const comment = line.search(/(?:^|[ \t])#/);
  return trim(comment < 0 ? line : line.slice(0, comment));
}

function deeper(text: string, from: number, indent: number): { lines: string[]; end: number } {
  const lines: string[] = [];
  let end = from;
  while (end < text.length) {
    const next = endOfLine(text, end + 1);
    const line = text.slice(end + 1, next);
    const own = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (trim(line) !== '' && own <= indent) break;
    if (trim(line) !== '') lines.push(trim(line));
    end = next;
  }
  return { lines, end };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Whether it is the value of a variable whose name says that it is no secret. */
function isShown(text: string, at: number, end: number): boolean {
  const name = /name["']?[ \t]*:[ \t]*(?:[|>][-+]?\s+)?["']?([\w.-]{1,100})/i;
  const before = text.slice(Math.max(0, at - near), at);
  const item = before.slice(Math.max(before.lastIndexOf('{'), before.lastIndexOf('- '), 0));
  const after = /^[^{}]{0,400}/.exec(text.slice(end, end + near))?.[0].split(/\n[ \t]*- /)[0] ?? '';
  const [, known] = name.exec(item) ?? name.exec(after) ?? [];
  return known !== undefined && !secretVariable.test(known);
}

import { closest } from 'fastest-levenshtein';
import { dateFormatParts, dateTokens, isTimeZone } from './date-format.ts';
import { whyIllegal } from './legal.ts';

/** What the run itself tells. */
const factNames = [
  'branch',
  'tag',
  'sha',
  'base_ref',
  'is_default_branch',
  'is_not_default_branch',
] as const;
const dateNames = ['date', 'commit_date'] as const;
const versionNames = ['raw', 'version', 'major', 'minor', 'patch'] as const;

export type FactName = (typeof factNames)[number];
export type DateName = (typeof dateNames)[number];
export type VersionName = (typeof versionNames)[number];

export type Piece =
  | { kind: 'text'; text: string }
  | { kind: 'fact'; name: FactName }
  | { kind: 'date'; name: DateName; format: string; zone: string }
  | { kind: 'version'; name: VersionName };

/** Text with `{{expressions}}`, cut into pieces. */
export type Template = readonly Piece[];

/** Takes what is wrong, in words, and what would be right if the rule's own example does not say. */
export type RuleProblem = (wrong: string, example?: string) => void;

// Keeps the place of an expression that was reported; the rule goes no further.
const unreadable: Piece = { kind: 'fact', name: 'sha' };

/**
 * Reads the value of an attribute.
 * @param versions whether `{{version}}` and its like mean something here
 */
export function readTemplate(
  attribute: string,
  text: string,
  versions: boolean,
  problem: RuleProblem,
): Template {
  const pieces: Piece[] = [];
  let position = 0;
  for (const found of text.matchAll(/\{\{([^{}]*)\}\}/g)) {
    if (found.index > position) {
      pieces.push({ kind: 'text', text: text.slice(position, found.index) });
    }
    pieces.push(readExpression(attribute, found[1] ?? '', versions, problem) ?? unreadable);
    position = found.index + found[0].length;
  }
  if (position < text.length) pieces.push({ kind: 'text', text: text.slice(position) });
  return pieces;
}

function readExpression(
  attribute: string,
  inner: string,
  versions: boolean,
  problem: RuleProblem,
): Piece | undefined {
  const [, name = '', argument = ''] = /^\s*([^\s'"]*)([\s\S]*)$/.exec(inner) ?? [];
  const date = dateNames.find((candidate) => candidate === name);
  if (date) return readDate(date, argument.trim(), problem);

  const fact = factNames.find((candidate) => candidate === name);
  const version = versionNames.find((candidate) => candidate === name);
  if (!fact && !version) {
    const all = [...(versions ? versionNames : []), ...factNames, ...dateNames];
    problem(
      `${attribute} has the unknown expression {{${inner.trim()}}}; the nearest is ` +
        `{{${closest(name.slice(0, 30), all)}}} of ${all.join(', ')}`,
    );
    return undefined;
  }
  if (argument.trim() !== '') problem(`{{${name}}} takes no argument`, `{{${name}}}`);
  if (fact) return { kind: 'fact', name: fact };
  if (version && versions) return { kind: 'version', name: version };
  problem(
    `${attribute} cannot use {{${name}}}, which is known only in pattern= of a version rule`,
    `type=semver,pattern={{${name}}}`,
  );
  return undefined;
}

function readDate(name: DateName, argument: string, problem: RuleProblem): Piece | undefined {
  const example = `{{${name} 'YYYYMMDD' tz='Europe/Berlin'}}`;
  const found =
    /^(?:'([^']*)'|"([^"]*)")(?:\s+tz\s*=\s*(?:'([^']*)'|"([^"]*)"))?$/.exec(argument) ?? undefined;
  const format = found?.[1] ?? found?.[2] ?? '';
  if (format === '') {
    problem(`{{${name}}} needs a format in quotes, and may have tz= in quotes after it`, example);
    return undefined;
  }
  const zone = found?.[3] || found?.[4] || 'UTC';
  if (!isTimeZone(zone)) problem(`{{${name}}} has the unknown time zone ${zone}`, example);

  const { parts, unknown } = dateFormatParts(format);
  if (unknown.length > 0) {
    problem(`{{${name}}} has the unknown ${unknown.join(', ')}, known are ${dateTokens}`, example);
  }
  const literal = parts.map((part) => ('literal' in part ? part.literal : '')).join('');
  const illegal = whyIllegal(literal, 'middle');
  if (illegal) problem(`the format of {{${name}}} ${illegal}`, example);
  return { kind: 'date', name, format, zone };
}

import { splitFields } from './fields.ts';
import type { RuleProblem } from './template.ts';

/** The attributes of one rule, names in lower case. */
export type Attributes = ReadonlyMap<string, string>;

/**
 * Cuts one line into its attributes. A field without `=` is the value of a raw rule.
 * @returns undefined when the quotes are broken
 */
export function readAttributes(line: string, problem: RuleProblem): Attributes | undefined {
  const fields = readFields(line);
  if (!fields) {
    problem(
      'a double quote is misplaced or not closed; it goes around a whole attribute',
      'type=match,"pattern=v(\\d{1,2})",group=1',
    );
    return undefined;
  }
  const type = fields.map((field) => /^type\s*=\s*(.*)$/i.exec(field)?.[1]).find(Boolean);
  const attributes = new Map<string, string>();
  for (const field of fields) {
    const equals = field.indexOf('=');
    const bare = equals < 0;
    const name = bare ? 'value' : field.slice(0, equals).trim().toLowerCase();
    if (field === '') problem('there is a comma too many');
    else if (bare && type !== undefined && type !== 'raw') problem(`"${field}" has no =`);
    else if (attributes.has(name)) problem(`${name} is given twice`);
    else attributes.set(name, bare ? field : field.slice(equals + 1).trim());
  }
  return attributes;
}

// The whole line in quotes is how a comma gets through the reader of docker/metadata-action.
function readFields(line: string): string[] | undefined {
  const fields = splitFields(line);
  const [only = '', ...more] = fields ?? [];
  return more.length === 0 && line.startsWith('"') ? splitFields(only) : fields;
}

import { closest } from 'fastest-levenshtein';
import { type Attributes, readAttributes } from './attributes.ts';
import { InvalidTags, ruleName } from './invalid-tags.ts';
import { readRule } from './read-rule.ts';
import { repeatedRules } from './repeated-rules.ts';
import { isRuleType, type Rule, type RuleType, syntax } from './rule.ts';
import type { RuleProblem } from './template.ts';

const types = Object.keys(syntax);
const everywhere = ['type', 'enable', 'priority', 'prefix', 'suffix'];

/**
 * Reads tag rules in the syntax of docker/metadata-action v6: one a line, comma-separated
 * `name=value` with the quoting of CSV, `#` comment lines; a line without `type=` is a raw tag.
 * Where that action ignores a mistake, this one does not.
 * @throws InvalidTags with all problems of the text
 */
export function parseRules(text: string): Rule[] {
  const problems: string[] = [];
  const rules: Rule[] = [];
  for (const [index, untrimmed] of text.split('\n').entries()) {
    const line = untrimmed.trim();
    if (line === '' || line.startsWith('#')) continue;
    const before = problems.length;
    const rule = parseRule({ line: index + 1, text: line }, problems);
    if (rule && problems.length === before) rules.push(rule);
  }
  const all = problems.concat(repeatedRules(rules));
  if (all.length > 0) throw new InvalidTags(all);
  return rules;
}

function parseRule(place: { line: number; text: string }, problems: string[]): Rule | undefined {
  let example = 'type=ref,event=branch';
  const problem: RuleProblem = (wrong, valid = example) => {
    problems.push(`Input tags, ${ruleName(place)}: ${wrong}. Valid: ${valid}`);
  };
  const attributes = readAttributes(place.text, problem);
  const type = attributes && readType(attributes, problem);
  if (!type) return undefined;
  example = syntax[type].example;
  refuseUnknown(type, attributes, problem);
  return readRule(type, attributes, place, problem);
}

function readType(attributes: Attributes, problem: RuleProblem): RuleType | undefined {
  const type = attributes.get('type');
  if (type === undefined) {
    if (attributes.has('value')) return 'raw';
    problem('has no type=');
    return undefined;
  }
  if (isRuleType(type)) return type;
  const near = nearest(type, types);
  const { example } = syntax[isRuleType(near) ? near : 'ref'];
  problem(`"${type}" is not a type; the nearest is ${near} of ${types.join(', ')}`, example);
  return undefined;
}

function refuseUnknown(type: RuleType, attributes: Attributes, problem: RuleProblem): void {
  const known = [...everywhere, ...syntax[type].attributes];
  for (const name of attributes.keys()) {
    if (known.includes(name)) continue;
    problem(
      `type=${type} has no attribute "${name}"; ` +
        `the nearest is ${nearest(name, known)} of ${known.join(', ')}`,
    );
  }
}

// A name of 100,000 characters is no typing error and would take long to compare.
const nearest = (name: string, names: string[]) => closest(name.slice(0, 30), names);

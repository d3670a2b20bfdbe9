import type { Attributes } from './attributes.ts';
import { checkText } from './check-text.ts';
import { readRegExp } from './regexp.ts';
import { type AnyRule, type Enable, type Rule, type RuleType, syntax } from './rule.ts';
import { type RuleProblem, readTemplate, type Template } from './template.ts';

/** Makes a rule of its attributes, or says what keeps them from being one. */
export function readRule(
  type: RuleType,
  attributes: Attributes,
  place: { line: number; text: string },
  problem: RuleProblem,
): Rule {
  const given = (name: string) => attributes.get(name) ?? '';
  const template = (name: string, otherwise = '', versions = false) =>
    readTemplate(name, attributes.get(name) ?? otherwise, versions, problem);
  const isPullRequest = type === 'ref' && given('event') === 'pr';
  const any: AnyRule = {
    ...place,
    enable: readEnable(attributes.get('enable'), problem),
    priority: readPriority(attributes.get('priority'), problem) ?? syntax[type].priority,
    prefix: template('prefix', isPullRequest ? 'pr-' : syntax[type].prefix),
    suffix: template('suffix'),
    latest: oneOf('latest', given('latest') || 'auto', ['auto', 'false'], problem) === 'auto',
  };
  const check = (name: string, body?: Template) => checkText(any, name, body, problem);
  const needs = (name: string, sample: string) => {
    if (given(name) === '') problem(`type=${type} needs ${name}=, such as ${sample}`);
  };

  switch (type) {
    case 'schedule': {
      if (attributes.has('pattern')) needs('pattern', 'nightly');
      const pattern = template('pattern', 'nightly');
      check('pattern', pattern);
      return { ...any, type, pattern };
    }
    case 'semver':
    case 'pep440': {
      needs('pattern', '{{version}}');
      const pattern = template('pattern', '', true);
      check('pattern', pattern);
      const match =
        given('match') === '' ? undefined : readGroups('match', given('match'), 1, problem);
      return { ...any, type, pattern, value: template('value'), match };
    }
    case 'match': {
      needs('pattern', 'v(.*)');
      const group = readGroup(given('group') || '0', problem);
      const pattern = readGroups('pattern', given('pattern'), group, problem) ?? /(?!)/;
      check('pattern');
      return { ...any, type, pattern, group, value: template('value') };
    }
    case 'edge': {
      if (given('branch').includes('{{'))
        problem('branch takes the name of a branch, no expression');
      check('branch');
      return { ...any, type, branch: given('branch') };
    }
    case 'ref': {
      needs('event', 'branch');
      check('event');
      return {
        ...any,
        type,
        event: oneOf('event', given('event'), ['branch', 'tag', 'pr'], problem),
      };
    }
    case 'raw': {
      const value = template('value');
      const empty = [any.prefix, value, any.suffix].every((part) => part.length === 0);
      if (empty && any.enable !== false) {
        problem('value is empty; where it may be, say when the rule holds', 'enable=false');
      }
      check('value', value);
      return { ...any, type, value };
    }
    case 'sha': {
      check('format');
      const format = given('format') || 'short';
      return { ...any, type, format: oneOf('format', format, ['short', 'long'], problem) };
    }
  }
}

function readEnable(text: string | undefined, problem: RuleProblem): Enable {
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  const expression = /^\{\{\s*(.*?)\s*\}\}$/.exec(text)?.[1];
  if (expression === 'is_default_branch' || expression === 'is_not_default_branch') {
    return expression;
  }
  problem(
    `enable is "${text}", and not true, false, {{is_default_branch}} or {{is_not_default_branch}}`,
    'enable={{is_default_branch}}',
  );
  return false;
}

function readPriority(text: string | undefined, problem: RuleProblem): number | undefined {
  if (text === undefined) return undefined;
  const priority = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(priority)) return priority;
  problem(`priority is "${text}", which is not a whole number`, 'priority=900');
  return undefined;
}

function readGroup(text: string, problem: RuleProblem): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  problem(`group is "${text}", which is not the number of a group`);
  return 0;
}

function readGroups(
  name: string,
  text: string,
  group: number,
  problem: RuleProblem,
): RegExp | undefined {
  const read = readRegExp(text);
  if (!read) problem(`${name} is not a regular expression: ${text}`);
  else if (group > read.groups) {
    problem(`${name} has no group ${group}: ${text}`, `${name}=v(.*)`);
  }
  return read?.expression;
}

function oneOf<const T extends string>(
  name: string,
  given: string,
  words: readonly [T, ...T[]],
  problem: RuleProblem,
): T {
  const word = words.find((candidate) => candidate === given);
  // An empty one has been reported as missing.
  if (word === undefined && given !== '') {
    problem(`${name} is "${given}", and not one of ${words.join(', ')}`, `${name}=${words[0]}`);
  }
  return word ?? words[0];
}

import { isRecord } from '../../http/exchange.ts';

/** The members of a part of a policy: what each must be, with `?` behind one that may be missing. */
type Form = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isInteger(value) && Number(value) > 0;
const oneOf =
  (...texts: readonly string[]) =>
  (value: unknown) =>
    isText(value) && texts.includes(String(value));
const areTexts = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => isText(one) && one !== '');

const rule: Form = {
  rulePriority: isCount,
  'description?': isText,
  selection: isRecord,
  action: isRecord,
};
const selection: Form = {
  tagStatus: oneOf('tagged', 'untagged', 'any'),
  'tagPrefixList?': areTexts,
  'tagPatternList?': areTexts,
  countType: oneOf('imageCountMoreThan', 'sinceImagePushed'),
  'countUnit?': oneOf('days'),
  countNumber: isCount,
};
const action: Form = { type: oneOf('expire') };

/**
 * What ECR finds wrong with the text of a lifecycle policy; undefined where nothing is.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function whatIsWrongWithPolicy(text: string): string | undefined {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch {
    return 'the text is not JSON';
  }
  const wrong = formOf(policy, { rules: Array.isArray }, 'the policy');
  if (wrong !== undefined || !isRecord(policy) || !Array.isArray(policy['rules'])) return wrong;
  const rules: readonly unknown[] = policy['rules'];
  if (rules.length === 0) return 'the policy has no rules';
  return (
    rules.map((one, at) => wrongRule(one, `rules[${at}]`)).find(Boolean) ??
    wrongOrder(rules.filter(isRecord))
  );
}

function wrongRule(value: unknown, at: string): string | undefined {
  const wrong = formOf(value, rule, at);
  if (wrong !== undefined || !isRecord(value)) return wrong;
  const { action: does, selection: selects } = value;
  return (
    formOf(selects, selection, `${at}.selection`) ??
    formOf(does, action, `${at}.action`) ??
    (isRecord(selects) ? wrongSelection(selects, `${at}.selection`) : undefined)
  );
}

function wrongSelection(of: Record<string, unknown>, at: string): string | undefined {
  const lists = ['tagPrefixList', 'tagPatternList'].filter((name) => name in of);
  if (of['tagStatus'] === 'tagged' && lists.length !== 1) {
    return `${at} must have one of tagPrefixList and tagPatternList, as its tagStatus is tagged`;
  }
  if (of['tagStatus'] !== 'tagged' && lists.length > 0) {
    return `${at} must not have ${lists[0]}, as its tagStatus is ${of['tagStatus']}`;
  }
  const wantsUnit = of['countType'] === 'sinceImagePushed';
  if (wantsUnit === 'countUnit' in of) return undefined;
  return `${at} must ${wantsUnit ? '' : 'not '}have countUnit, as its countType is ${of['countType']}`;
}

function wrongOrder(rules: readonly Record<string, unknown>[]): string | undefined {
  const priorities = rules.map(({ rulePriority }) => Number(rulePriority));
  if (new Set(priorities).size < rules.length) return 'two rules have the same rulePriority';
  const every = rules.filter(({ selection: of }) => isRecord(of) && of['tagStatus'] === 'any');
  if (every.length > 1) return 'two rules have the tagStatus any';
  const last = Math.max(...priorities);
  if (every.every(({ rulePriority }) => rulePriority === last)) return undefined;
  return 'the rule with the tagStatus any must have the highest rulePriority';
}

function formOf(value: unknown, form: Form, at: string): string | undefined {
  if (!isRecord(value)) return `${at} must be an object`;
  const known = Object.keys(form).map((name) => name.replace('?', ''));
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) return `${at} has the unknown member ${unknown}`;
  const wrong = Object.entries(form).find(([name, is]) => {
    const given = value[name.replace('?', '')];
    return given === undefined ? !name.endsWith('?') : !is(given);
  });
  return wrong && `${at} has a wrong or missing ${wrong[0].replace('?', '')}`;
}

import { BadInput, type Input } from '@slipway/shared/action/input';
import { closest } from 'fastest-levenshtein';
import { type Severity, severities, severityOf } from '../findings/finding.ts';
import type { Blocks, From } from './policy.ts';

/** What the input `fail-on` says: everything that it does not name does not fail. */
export interface FailOn {
  severities: Record<Severity, Blocks>;
  secrets: From;
  misconfigurations: From;
  licenses: From;
  knownExploited: boolean;
  /** EPSS score from which on a vulnerability blocks. */
  atLeast: number | undefined;
  endOfLife: 'fail' | 'warn';
}

const example = 'critical,high:fixed,secret';
const kinds = ['secret', 'misconfiguration', 'license'] as const;
const words = [...severities, ...kinds, 'kev', 'epss', 'end-of-life'];

/** The words of `fail-on`, with commas or one a line. */
export const failOn: Input<FailOn> = {
  multiline: true,
  example,
  parse(value) {
    const result: FailOn = {
      severities: {
        critical: 'never',
        high: 'never',
        medium: 'never',
        low: 'never',
        unknown: 'never',
      },
      secrets: 'never',
      misconfigurations: 'never',
      licenses: 'never',
      knownExploited: false,
      atLeast: undefined,
      endOfLife: 'warn',
    };
    const items = value.split(/[\n,]/).map((item) => item.trim());
    const said = items.filter((item) => item !== '' && !item.startsWith('#'));
    if (said.length === 0) throw new BadInput('names nothing', example);
    refuseContradictions(said);
    for (const item of said) apply(item, result);
    return result;
  },
};

/** What `scanners` has to look for, so that these words can hold at all. */
export function scannersFor({ atLeast, knownExploited, ...rules }: FailOn): Map<string, string> {
  const wanted = new Map<string, string>();
  const need = (holds: boolean, word: string, scanner: string) => {
    if (holds) wanted.set(word, scanner);
  };
  for (const one of severities) need(rules.severities[one] !== 'never', one, 'vuln');
  need(knownExploited, 'kev', 'vuln');
  need(atLeast !== undefined, 'epss', 'vuln');
  need(rules.secrets !== 'never', 'secret', 'secret');
  need(rules.misconfigurations !== 'never', 'misconfiguration', 'misconfig');
  need(rules.licenses !== 'never', 'license', 'license');
  return wanted;
}

// Whichever of the two counted, somebody would believe that the other one does.
function refuseContradictions(items: readonly string[]): void {
  const said = new Map<string, string>();
  for (const item of items) {
    const [subject = ''] = item.split(/[:>\s]/);
    const before = said.get(subject);
    if (before !== undefined && before !== item) {
      throw new BadInput(`has ${before} and ${item}, of which only one can hold`, example);
    }
    said.set(subject, item);
  }
}

function apply(item: string, result: FailOn): void {
  const [, severity = '', fixed] = /^(\w+)(:fixed)?$/.exec(item) ?? [];
  const named = severities.find((one) => one === severity);
  if (named) {
    result.severities[named] = fixed ? 'fixed' : 'any';
    return;
  }
  const [, kind = '', from = 'unknown'] = /^(\w+)(?::(\w+))?$/.exec(item) ?? [];
  if (kinds.some((one) => one === kind)) {
    if (from !== 'unknown' && severityOf(from) === 'unknown') {
      throw new BadInput(`has ${from} where a severity belongs: ${item}`, `${kind}:high`);
    }
    if (kind === 'secret') result.secrets = severityOf(from);
    else if (kind === 'license') result.licenses = severityOf(from);
    else result.misconfigurations = severityOf(from);
    return;
  }
  const [, score] = /^epss\s*>=\s*(0|1|0?\.\d+|1\.0+)$/.exec(item) ?? [];
  if (score !== undefined) result.atLeast = Number(score);
  else if (item === 'kev') result.knownExploited = true;
  else if (item === 'end-of-life') result.endOfLife = 'fail';
  else if (/^epss/.test(item)) throw new BadInput(`has no EPSS score: ${item}`, 'epss>=0.5');
  else {
    const near = closest(item.split(/[:>]/)[0] ?? '', words);
    throw new BadInput(`has an unknown word: ${item}; the nearest is ${near}`, example);
  }
}

import { type Finding, type Severity, severities } from '../findings/finding.ts';
import type { OperatingSystem } from '../findings/read-report.ts';
import { dayOf, formatDay } from '../policy/day.ts';
import type { AllowEntry, Policy } from '../policy/policy.ts';
import { allowlistOn } from './allowlist.ts';
import { compareWith, hasRisen } from './baseline.ts';
import { countAll, type Matrix } from './counts.ts';
import { type Judged, worstFirst } from './judged.ts';
import { type Feeds, rulesOf } from './rules.ts';

/** A maximum that is exceeded, or that could be lowered. */
export interface Limit {
  severity: Severity;
  count: number;
  most: number;
  /** Of which image, where several were looked at. */
  platform?: string;
}

/** What the policy says about an image. */
export interface Verdict {
  verdict: 'pass' | 'fail';
  /** All findings, the worst that block first. */
  judged: Judged[];
  matrix: Matrix;
  /** What only the baseline has; undefined without one. */
  gone: Finding[] | undefined;
  exceeded: Limit[];
  /** Maximums above what is there now. */
  slack: Limit[];
  /** Systems that get no updates any more, where that fails: `debian 9`. */
  endOfLife: string[];
  expired: AllowEntry[];
  ending: AllowEntry[];
  unusedEntries: AllowEntry[];
  unusedRules: string[];
}

/** What is judged. */
export interface Case {
  findings: readonly Finding[];
  /** Findings of the baseline; undefined without one. */
  baseline: readonly Finding[] | undefined;
  system: OperatingSystem | undefined;
  feeds: Feeds;
}

/**
 * Judges findings by a policy. Says the same for the same, whatever the order.
 * @param now milliseconds since the epoch; its day in UTC counts
 */
export function judge(
  policy: Policy,
  { baseline, feeds, findings, system }: Case,
  now: number,
): Verdict {
  const today = dayOf(now);
  const rules = rulesOf(policy, feeds);
  const allowlist = allowlistOn(policy.allow, today, policy.allowWarnDays);
  const comparison = baseline && compareWith(baseline);

  const judged = findings.map((finding): Judged => {
    const before = comparison?.before(finding);
    const risen = before !== undefined && hasRisen(finding, before);
    const known = before !== undefined && !risen;
    const { blocks, urgent, why } = rules.ask(finding);
    const entry = allowlist.find(finding);
    if (!blocks) return { finding, known, fate: 'passes', why };
    if (entry) {
      const until = `${entry.owner} allows it until ${entry.expires}: ${entry.reason}`;
      return { finding, known, fate: 'allowed', why: until, entry };
    }
    // Whether it was exploited already when the baseline was let pass, nobody knows.
    if (known && !urgent) return { finding, known, fate: 'known', why: 'the baseline has it' };
    const end = urgent ? undefined : graceEnd(finding, policy);
    if (end !== undefined && today <= end) {
      return { finding, known, fate: 'grace', why: `it blocks after ${formatDay(end)}` };
    }
    const reason = risen ? `${why}; the baseline has it as ${before}` : why;
    return { finding, known, fate: 'blocks', why: reason };
  });
  judged.sort(worstFirst);

  const matrix = countAll(judged);
  const { exceeded, slack } = compareLimits(policy, matrix, baseline);
  const ended = policy.endOfLife === 'fail' && system?.endOfLife ? system : undefined;
  const blocked = judged[0]?.fate === 'blocks' || exceeded.length > 0 || ended !== undefined;
  return {
    verdict: blocked ? 'fail' : 'pass',
    judged,
    matrix,
    gone: comparison?.gone(),
    exceeded,
    slack,
    endOfLife: ended ? [`${ended.family} ${ended.version}`] : [],
    expired: allowlist.expired,
    ending: allowlist.ending,
    unusedEntries: allowlist.unused(),
    unusedRules: rules.unused(),
  };
}

/** The last day of grace; undefined when there is none, as for what has no date. */
function graceEnd({ published, severity }: Finding, { graceDays }: Policy): number | undefined {
  const days = graceDays[severity];
  return days === undefined || published === undefined ? undefined : dayOf(published) + days;
}

function compareLimits(
  { maximum }: Policy,
  matrix: Matrix,
  baseline: readonly Finding[] | undefined,
): { exceeded: Limit[]; slack: Limit[] } {
  const limits = severities.flatMap((severity): Limit[] => {
    const rule = maximum[severity];
    if (rule === undefined) return [];
    const before = () => (baseline ?? []).filter((one) => one.severity === severity).length;
    const { ignored, total } = matrix[severity];
    return [{ severity, count: total - ignored, most: rule === 'baseline' ? before() : rule }];
  });
  return {
    exceeded: limits.filter(({ count, most }) => count > most),
    slack: limits.filter(({ severity, count, most }) => count < most && maximum[severity] === most),
  };
}

import { countAll } from './counts.ts';
import type { Limit, Verdict } from './judge.ts';
import { worstFirst } from './judged.ts';

/** What the policy says about the image of one platform. */
export interface PlatformVerdict {
  /** `linux/arm64` */
  platform: string;
  verdict: Verdict;
}

/**
 * What it says about all of them: the worst verdict, with every finding and limit named by its
 * platform. A finding that two images have is there twice.
 * @param parts at least one; a single one is the verdict itself
 */
export function joinVerdicts([first, ...others]: readonly [
  PlatformVerdict,
  ...PlatformVerdict[],
]): Verdict {
  if (others.length === 0) return first.verdict;
  const parts = [first, ...others];
  const verdicts = parts.map(({ verdict }) => verdict);
  const named = <T>(of: (verdict: Verdict) => readonly T[]) =>
    parts.flatMap(({ platform, verdict }) => of(verdict).map((one) => ({ ...one, platform })));
  // What one of the images needs is needed.
  const inAll = <T>(of: (verdict: Verdict) => readonly T[]) =>
    of(first.verdict).filter((one) => verdicts.every((verdict) => of(verdict).includes(one)));
  const judged = named((verdict) => verdict.judged).sort(worstFirst);
  const compared = verdicts.filter(({ gone }) => gone !== undefined);
  return {
    verdict: verdicts.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'pass',
    judged,
    matrix: countAll(judged),
    gone: compared.length > 0 ? compared.flatMap(({ gone }) => gone ?? []) : undefined,
    exceeded: named((verdict) => verdict.exceeded),
    slack: sharedSlack(verdicts),
    endOfLife: parts.flatMap(({ platform, verdict }) =>
      verdict.endOfLife.map((system) => `${system} (${platform})`),
    ),
    expired: first.verdict.expired,
    ending: first.verdict.ending,
    unusedEntries: inAll((verdict) => verdict.unusedEntries),
    unusedRules: inAll((verdict) => verdict.unusedRules),
  };
}

// A maximum can only go down to what the worst of the images needs.
function sharedSlack(verdicts: readonly Verdict[]): Limit[] {
  const [first, ...others] = verdicts;
  return (first?.slack ?? []).flatMap((limit) => {
    const same = others.map(({ slack }) => slack.find((one) => one.severity === limit.severity));
    if (same.some((one) => one === undefined)) return [];
    const counts = [limit, ...same].map((one) => one?.count ?? 0);
    return [{ ...limit, count: Math.max(...counts) }];
  });
}

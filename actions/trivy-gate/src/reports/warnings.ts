import type { Policy } from '../policy/policy.ts';
import type { Verdict } from '../verdict/judge.ts';
import { type GateResult, labelOf } from './gate-result.ts';
import { listEntries } from './verdict-failure.ts';

/** What a verdict has to warn of, green or red; each a whole sentence. */
export function warnAbout(
  verdict: Verdict,
  { scanned, target }: GateResult,
  policy: Policy,
  { scanners }: { scanners: readonly string[] },
): string[] {
  const { ending, slack, unusedEntries, unusedRules } = verdict;
  const warnings: string[] = [];
  if (ending.length > 0) warnings.push(`The allowlist ends soon: ${listEntries(ending)}.`);
  if (unusedEntries.length > 0) {
    warnings.push(
      `No finding matches these entries of the allowlist: ${listEntries(unusedEntries)}.`,
    );
  }
  if (unusedRules.length > 0) {
    warnings.push(`No package matches these rules of the policy: ${unusedRules.join(', ')}.`);
  }
  for (const { count, most, severity } of slack) {
    warnings.push(`The maximum of ${severity} can go down from ${most} to ${count}.`);
  }
  if (verdict.endOfLife.length === 0) warnings.push(...endedSystems(scanned));
  if (target && target.others.length > 0) {
    const platforms = scanned.map(labelOf).join(', ');
    warnings.push(`Only ${platforms} was scanned, not ${target.others.join(', ')}.`);
  }
  const idle: Array<[boolean, string, string]> = [
    [policy.misconfigurations !== 'never', 'misconfig', 'misconfigurations'],
    [policy.licenses.from !== 'never' || policy.licenses.deny.length > 0, 'license', 'licences'],
    [policy.packages.length > 0, 'vuln', 'packages'],
  ];
  for (const [ruled, scanner, what] of idle) {
    if (ruled && !scanners.includes(scanner)) {
      warnings.push(`The policy has rules about ${what}, but scanners does not have ${scanner}.`);
    }
  }
  return warnings;
}

function endedSystems(scanned: GateResult['scanned']): string[] {
  return scanned.flatMap((one) => {
    const { system } = one.report;
    if (!system?.endOfLife) return [];
    const on = scanned.length > 1 ? ` (${labelOf(one)})` : '';
    return [`${system.family} ${system.version}${on} gets no security updates any more.`];
  });
}

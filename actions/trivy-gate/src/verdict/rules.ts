import { type Finding, rank, type Severity } from '../findings/finding.ts';
import type { Blocks, From, Policy } from '../policy/policy.ts';
import type { PurlGlob } from '../policy/purl-glob.ts';

/** What is known about vulnerabilities from elsewhere. */
export interface Feeds {
  /** CVEs that are exploited. */
  exploited: ReadonlySet<string>;
  /** EPSS score of a CVE, 0 to 1. */
  predicted: ReadonlyMap<string, number>;
}

/** What the rules say about one finding, before allowlist, baseline and grace. */
export interface Ruling {
  blocks: boolean;
  /** Why it does or does not: `high with a fix blocks`. */
  why: string;
  /** No grace for it. */
  urgent: boolean;
}

/** The rules of a policy, ready to be asked. */
export interface Rules {
  ask(finding: Finding): Ruling;
  /** Package rules that no finding matched so far. */
  unused(): string[];
}

/** Makes the rules of a policy. */
export function rulesOf(policy: Policy, feeds: Feeds): Rules {
  const packages = policy.packages.map(({ purl, fail }) => ({
    glob: purl,
    fail,
    used: false,
  }));
  const byPackage = (finding: Finding) => {
    const { purl } = finding;
    if (purl === undefined) return undefined;
    const rule = packages.find(({ glob }) => glob.matches(purl));
    if (rule) rule.used = true;
    return rule;
  };
  const vulnerability = (finding: Finding): Ruling => {
    const rule = byPackage(finding);
    if (rule?.fail === 'never') {
      return { blocks: false, urgent: false, why: `the rule for ${rule.glob.text} never fails` };
    }
    const urgent = hurry(finding, policy, feeds);
    if (urgent) return { blocks: true, urgent: true, why: urgent };
    return { ...byFix(finding, policy, rule), urgent: false };
  };
  return {
    ask(finding) {
      switch (finding.kind) {
        case 'vulnerability':
          return vulnerability(finding);
        case 'secret':
          return bySeverity(finding, policy.secrets, 'a secret');
        case 'misconfiguration':
          return bySeverity(finding, policy.misconfigurations, 'a misconfiguration');
        case 'license':
          return license(finding, policy);
      }
    },
    unused: () => packages.filter(({ used }) => !used).map(({ glob }) => glob.text),
  };
}

function hurry(finding: Finding, policy: Policy, feeds: Feeds): string | undefined {
  if (policy.knownExploited && feeds.exploited.has(finding.id))
    return 'it is known to be exploited';
  const score = feeds.predicted.get(finding.id);
  const most = policy.exploitPrediction?.atLeast;
  return score !== undefined && most !== undefined && score >= most
    ? `its EPSS score is ${score}`
    : undefined;
}

function byFix(
  finding: Finding,
  policy: Policy,
  rule: { glob: PurlGlob; fail: Blocks } | undefined,
): { blocks: boolean; why: string } {
  const { severity } = finding;
  const blocks = rule?.fail ?? policy.severities[severity];
  const what = rule ? `the rule for ${rule.glob.text}` : severity;
  if (blocks === 'never') return { blocks: false, why: `${severity} never blocks` };
  if (blocks === 'any') return { blocks: true, why: rule ? `${what} fails` : `${what} blocks` };
  return hasFix(finding)
    ? { blocks: true, why: `${what} with a fix ${rule ? 'fails' : 'blocks'}` }
    : { blocks: false, why: `${what} only ${rule ? 'fails' : 'blocks'} with a fix` };
}

/** Whether there is a version with the fix. */
export function hasFix({ fixed, status }: Finding): boolean {
  return fixed !== '' || status === 'fixed';
}

function bySeverity({ severity }: Finding, from: From, what: string): Ruling {
  if (from === 'never') return { blocks: false, urgent: false, why: `${what} never blocks` };
  const blocks = reaches(severity, from);
  const why = from === 'unknown' ? `${what} blocks` : `${what} blocks from ${from} on`;
  return { blocks, urgent: false, why };
}

// SPDX: the case of a licence's name says nothing.
function license(finding: Finding, { licenses }: Policy): Ruling {
  const { id } = finding;
  const plain = { urgent: false } as const;
  const names = (list: readonly string[]) =>
    list.some((one) => one.toLowerCase() === id.toLowerCase());
  if (names(licenses.deny)) return { ...plain, blocks: true, why: `${id} is denied` };
  if (names(licenses.allow)) return { ...plain, blocks: false, why: `${id} is allowed` };
  return bySeverity(finding, licenses.from, 'a licence');
}

function reaches(severity: Severity, from: Severity): boolean {
  return rank(severity) <= rank(from);
}

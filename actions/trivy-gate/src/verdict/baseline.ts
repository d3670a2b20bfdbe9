import { type Finding, findingKey, rank, type Severity } from '../findings/finding.ts';

/** What an image had before, to be compared with. */
export interface Comparison {
  /**
   * How severe the baseline had the finding; undefined when it did not. A second one of the same in
   * the same place is new.
   */
  before(finding: Finding): Severity | undefined;
  /** What only the baseline has; to be asked once every finding was looked up. */
  gone(): Finding[];
}

/** Compares findings with those of a baseline, as multisets of their keys. */
export function compareWith(before: readonly Finding[]): Comparison {
  const left = new Map<string, Finding[]>();
  for (const finding of before) {
    const key = findingKey(finding);
    const same = left.get(key);
    if (same) same.push(finding);
    else left.set(key, [finding]);
  }
  return {
    before(finding) {
      const same = left.get(findingKey(finding)) ?? [];
      const equal = same.findIndex(({ severity }) => severity === finding.severity);
      return same.splice(Math.max(0, equal), 1)[0]?.severity;
    },
    gone: () => [...left.values()].flat(),
  };
}

/** Whether a finding is worse than it was: what was let pass then was something else. */
export function hasRisen({ severity }: Finding, before: Severity): boolean {
  return rank(severity) < rank(before);
}

import { type Finding, findingKey } from '../findings/finding.ts';

/** What an image had before, to be compared with. */
export interface Comparison {
  /** Whether the baseline had the finding. A second one of the same in the same place is new. */
  known(finding: Finding): boolean;
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
    known: (finding) => left.get(findingKey(finding))?.shift() !== undefined,
    gone: () => [...left.values()].flat(),
  };
}

import { type Finding, rank } from '../findings/finding.ts';
import type { AllowEntry } from '../policy/policy.ts';

/** What becomes of a finding: it blocks, an entry allows it, the baseline has it, it has grace, or no rule is against it. */
export type Fate = 'blocks' | 'allowed' | 'known' | 'grace' | 'passes';

/** A finding with its fate. */
export interface Judged {
  finding: Finding;
  fate: Fate;
  /** Why, in a few words. */
  why: string;
  /** The baseline has it. */
  known: boolean;
  entry?: AllowEntry;
  /** Of which image, where several were looked at: `linux/arm64`. */
  platform?: string;
}

const place: Readonly<Record<Fate, number>> = {
  blocks: 0,
  allowed: 1,
  known: 2,
  grace: 3,
  passes: 4,
};

/** Orders findings: those that block first, the worst of them before the others. */
export function worstFirst(one: Judged, other: Judged): number {
  const [a, b] = [one.finding, other.finding];
  return (
    place[one.fate] - place[other.fate] ||
    rank(a.severity) - rank(b.severity) ||
    compare(a.id, b.id) ||
    compare(a.package, b.package) ||
    compare(a.path, b.path) ||
    a.line - b.line ||
    compare(one.platform ?? '', other.platform ?? '')
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

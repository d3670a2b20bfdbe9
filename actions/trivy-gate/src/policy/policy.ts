import type { Severity } from '../findings/finding.ts';
import type { PurlGlob } from './purl-glob.ts';

/** When a vulnerability of a severity blocks: always, only where a fix exists, or never. */
export type Blocks = 'any' | 'fixed' | 'never';

/** From which severity on something blocks. */
export type From = Severity | 'never';

/** A package that is treated differently from the severities. */
export interface PackageRule {
  purl: PurlGlob;
  fail: Blocks;
}

/** A finding that may pass for a time. */
export interface AllowEntry {
  id: string;
  /** Every package when not given. */
  purl?: PurlGlob | undefined;
  reason: string;
  owner: string;
  /** Last day on which it counts, `2026-12-31`, in UTC. */
  expires: string;
}

/** Where a feed comes from: a file, or an address with the digest of what is there. */
export interface FeedSource {
  feed: string;
  sha256?: string | undefined;
}

/** What blocks, and what does not. */
export interface Policy {
  severities: Readonly<Record<Severity, Blocks>>;
  /** Days after its publication in which a finding does not block. */
  graceDays: { readonly [S in Severity]?: number | undefined };
  /** Most findings of a severity; `baseline`: no more than the baseline has. */
  maximum: { readonly [S in Severity]?: number | 'baseline' | undefined };
  /** The first that matches counts. */
  packages: readonly PackageRule[];
  secrets: From;
  misconfigurations: From;
  licenses: { from: From; deny: readonly string[]; allow: readonly string[] };
  knownExploited: FeedSource | undefined;
  exploitPrediction: (FeedSource & { atLeast: number }) | undefined;
  endOfLife: 'fail' | 'warn';
  allow: readonly AllowEntry[];
  /** Days before its end in which an entry is warned of. */
  allowWarnDays: number;
}

/** What counts when nobody says anything. */
export const defaultPolicy: Policy = {
  severities: { critical: 'any', high: 'fixed', medium: 'never', low: 'never', unknown: 'never' },
  graceDays: {},
  maximum: {},
  packages: [],
  secrets: 'unknown',
  misconfigurations: 'never',
  licenses: { from: 'never', deny: [], allow: [] },
  knownExploited: undefined,
  exploitPrediction: undefined,
  endOfLife: 'warn',
  allow: [],
  allowWarnDays: 14,
};

import type { Failure } from '@slipway/shared/failure/failure';
import type { TimelineEntry } from '@slipway/shared/time/timeline';
import type { Finding } from '../findings/finding.ts';
import type { ScanReport } from '../findings/read-report.ts';
import type { ScanTarget, Subject } from '../subject/subject.ts';
import type { Verdict } from '../verdict/judge.ts';

/** One image or folder that was looked at. */
export interface Scanned {
  subject: Subject;
  report: ScanReport;
  /** The JSON report. */
  path: string;
  /** What it had before; undefined where there is nothing to compare with. */
  baseline?: readonly Finding[];
}

/** Everything there is to say about a run, also about one that failed. */
export interface GateResult {
  target?: ScanTarget;
  /** What was looked at so far, an entry for each platform. */
  scanned: Scanned[];
  verdict?: Verdict;
  /** Name of the baseline that it was compared with. */
  baseline?: string;
  /** When the database was made, milliseconds since the epoch. */
  databaseUpdated?: number;
  /** When it was judged, milliseconds since the epoch. */
  judgedAt?: number;
  files: ReportFile[];
  timeline: readonly TimelineEntry[];
  /** What people should know besides, in whole sentences. */
  warnings: string[];
  failure?: Failure;
}

/** A report that was written. */
export interface ReportFile {
  format: string;
  path: string;
}

/** What tells one from the others that were scanned; mostly its platform. */
export function labelOf({ report, subject }: Pick<Scanned, 'report' | 'subject'>): string {
  return subject.label ?? subject.platform ?? report.platform ?? subject.name;
}

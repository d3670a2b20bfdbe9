import type { Failure } from '@slipway/shared/failure/failure';
import type { TimelineEntry } from '@slipway/shared/time/timeline';
import type { ScanReport } from '../findings/read-report.ts';
import type { Subject } from '../subject/subject.ts';
import type { Verdict } from '../verdict/judge.ts';

/** Everything there is to say about a run, also about one that failed. */
export interface Answer {
  subject?: Subject;
  report?: ScanReport;
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

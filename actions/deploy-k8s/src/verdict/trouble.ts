import type { Failure } from '@slipway/shared/failure/failure';
import type { PodView } from '../pods/pod-view.ts';
import type { VerdictRow } from './verdict-row.ts';

/** What the user decides otherwise than the table does; reasons as Kubernetes spells them. */
export interface Rules {
  readonly fatal: readonly string[];
  readonly tolerated: readonly string[];
}

/** Something against the new version. */
export interface Trouble {
  readonly row: VerdictRow;
  /** The reasons that Kubernetes gives now. */
  readonly seen: readonly string[];
  /** undefined where it is about the workload itself. */
  readonly pod: PodView | undefined;
  /** Name of its container; empty where it is about the whole pod. */
  readonly container: string;
  /** For a line of the log: `pulling its image failed: …` */
  text(): string;
  /** How often it was tried. */
  readonly times: number;
  readonly wasWell: boolean;
  /** A crash of what had settled ends a rollout at once. */
  readonly proven: boolean;
  /** Whether it is one already where a user says that its reason is fatal. */
  readonly isDue: boolean;
  failure(): Failure;
}

/**
 * Whether a trouble ends a rollout.
 * @param lasted since when it is there, in milliseconds
 */
export function decides(trouble: Trouble, lasted: number, { fatal, tolerated }: Rules): boolean {
  const { isDue, proven, row, seen, times, wasWell } = trouble;
  if ([...row.reasons, ...seen].some((reason) => tolerated.includes(reason))) return false;
  if (isDue && seen.some((reason) => fatal.includes(reason))) return true;
  const { kind, verdict } = row;
  if (verdict === 'now') return true;
  if (verdict === 'explain') return false;
  if (kind === 'crash' && proven) return times >= 1;
  const { after = 0, timesOnceWell } = verdict;
  const enough = (wasWell ? (timesOnceWell ?? verdict.times) : verdict.times) ?? 0;
  return times >= enough && lasted >= after;
}

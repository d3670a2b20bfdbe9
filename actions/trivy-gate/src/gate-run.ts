import type { GateResult } from './reports/gate-result.ts';
import type { ActionRun, Settings } from './settings.ts';

/** A run of the gate: what it works with, and what is known so far. */
export interface GateRun {
  settings: Settings;
  run: ActionRun;
  /** Gets what is known as soon as it is. */
  result: GateResult;
}

import type { Clock } from '../time/clock.ts';

/** Settings of the engine; times in milliseconds. */
export interface DeployOptions {
  /** From apply to proof, for each step, and once more for a rollback. */
  timeout: number;
  /** How long the new version has to stay healthy after its last proof. */
  bake?: number;
  /** For the migration. */
  migrateTimeout?: number;
  /** How long to wait for the lock; what it takes to ask for it comes on top. */
  lockTimeout?: number;
  rollback: boolean;
  dryRun: boolean;
  clock: Clock;
  signal: AbortSignal;
  /** A line for the log: our words. */
  say(line: string): void;
  /** A line for the log: somebody else's. */
  quote(line: string): void;
}

import { shownOf } from './entry-alone.ts';
import type { Step, StepResult } from './runner.ts';

/** What the runner leaves between SIGINT and SIGTERM, and between SIGINT and SIGKILL. */
const patience = { term: 7_500, kill: 10_000 };

/**
 * Ends a step as the runner does when somebody cancels its job.
 * @param after milliseconds from now
 */
export async function cancelled(step: Step, after: number): Promise<StepResult> {
  const timers = [
    setTimeout(() => step.kill('SIGINT'), after),
    setTimeout(() => step.kill('SIGTERM'), after + patience.term),
    setTimeout(() => step.kill('SIGKILL'), after + patience.kill),
  ];
  try {
    return await step.done;
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** The last line that people see, behind the signal where one ended the step. Masks may come after it. */
export function closingLineOf(result: StepResult): string {
  const line = shownOf(result).trim().split('\n').at(-1) ?? '';
  return result.signal ? `${result.signal}: ${line}` : line;
}

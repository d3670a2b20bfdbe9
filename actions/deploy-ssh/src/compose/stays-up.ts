import { Failure } from '@slipway/shared/failure/failure';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { type Container, judge, serviceOf } from './state.ts';

/** How long a container without a health check has to run on, in milliseconds. */
const watched = 5_000;

/**
 * Proves containers where nobody can be asked whether they serve: those with a health check are
 * healthy by then, the others have to run on for a while without being started again.
 * @returns how it was shown, for people
 * @throws Failure `deploy/exited`, `deploy/unhealthy`
 */
export async function staysUp(
  containers: () => Promise<Container[]>,
  clock: Clock,
  signal: AbortSignal,
): Promise<string> {
  const before = await containers();
  const running = before.filter(({ State }) => State.Status === 'running');
  if (running.every(({ State }) => State.Health)) return 'by the state of its containers';
  await clock.sleep(watched, signal);
  const after = await containers();
  const seen = judge(after);
  if (seen.state === 'failed') throw seen.failure;
  for (const container of running) {
    const now = after.find(({ Id }) => Id === container.Id);
    const why =
      now === undefined
        ? 'it was gone'
        : now.RestartCount > container.RestartCount && 'it was started again';
    if (!why) continue;
    const exit = now?.LastExit === undefined ? '' : `, exit code ${now.LastExit}`;
    const what = `Container ${serviceOf(container)}`;
    throw Failure.of('deploy/exited', {
      what,
      why: `${why} within ${formatDuration(watched)}${exit}`,
    });
  }
  return `by the state of its containers, which ran on for ${formatDuration(watched)}`;
}

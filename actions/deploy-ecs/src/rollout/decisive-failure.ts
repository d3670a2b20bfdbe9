import type { Task } from '@aws-sdk/client-ecs';
import { Failure } from '@slipway/shared/failure/failure';

/** As many tasks that failed are no accident. */
const enough = 2;

/** The verdict on the stopped tasks of a deployment, before ECS comes to one. */
export function decisiveFailure(tasks: readonly Task[]): Failure | undefined {
  const failed = tasks.filter(
    ({ stopCode }) => stopCode === 'TaskFailedToStart' || stopCode === 'EssentialContainerExited',
  );
  const [last] = failed.slice(-1);
  if (!last || failed.length < enough) return undefined;
  const why = (last.stoppedReason ?? '').trim().replace(/\.$/, '') || 'ECS gives no reason';
  const exits = (last.containers ?? []).flatMap(({ name = '?', exitCode }) =>
    exitCode === undefined ? [] : [`${name} exited with code ${exitCode}`],
  );
  return Failure.of('ecs/tasks-fail', {
    count: String(failed.length),
    why: [why, ...exits].join('; '),
  });
}

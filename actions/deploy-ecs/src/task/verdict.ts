import type { Container, Task } from '@aws-sdk/client-ecs';
import { exitMeaning } from '@slipway/shared/deploy/exit-meaning';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { field, listField, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import { taskFailure } from '../diagnosis/task-failure.ts';

/**
 * How a one-off task ended.
 * @param container that ran the command: it has to end with 0. Other essential containers may only be
 *   stopped after it; one that fails may have cut the command short
 * @returns undefined when all is well, else why not, as a clause
 */
export function verdictOf(
  task: Task,
  definition: JsonObject,
  container: string,
): string | undefined {
  const essential = listField(definition, 'containerDefinitions').flatMap((one) =>
    field(one, 'essential') === false ? [] : [textField(one, 'name')],
  );
  const all = task.containers ?? [];
  const own = all.find(({ name }) => name === container);
  const others = all.filter(({ name }) => name !== container && essential.includes(name));
  const failed = others.find(({ exitCode = 0 }) => exitCode !== 0 && !stopCodes.has(exitCode));
  if (own?.exitCode === undefined) {
    if (failed) return ended(failed);
    const { said = '', what } = taskFailure(task) ?? {};
    const why = what ?? `${container} has no exit code`;
    const words = said || oneLine([task.stoppedReason, own?.reason].filter(Boolean).join(': '));
    return words === '' ? why : `${why}; ECS: ${words}`;
  }
  if (own.exitCode !== 0) return ended(own);
  return failed && ended(failed);
}

// ECS stops the other containers of a task with SIGTERM, and SIGKILL when that takes too long.
const stopCodes = new Set([137, 143]);

function ended({ exitCode = 0, name, reason = '' }: Container): string {
  const said = reason === '' ? '' : `; ECS: ${oneLine(reason)}`;
  return `${name} exited with code ${exitCode} (${exitMeaning(exitCode, reason)})${said}`;
}

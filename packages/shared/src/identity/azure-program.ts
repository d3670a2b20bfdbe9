import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { leadsInside } from '../action/path-input.ts';
import type { Environment } from '../exec/environment.ts';

/**
 * Finds a program in PATH, outside of the workspace with all links followed: what is in there is the
 * word of whoever may push to the repository.
 * @returns its path as PATH has it
 */
export async function programInPath(name: string, env: Environment): Promise<string | undefined> {
  const workspace = env['GITHUB_WORKSPACE'];
  const inside = workspace && (await realpath(workspace).catch(() => workspace));
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const program = join(folder, name);
    const real = await realpath(program).catch(() => undefined);
    if (real === undefined || (inside && leadsInside(inside, real))) continue;
    const may = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (may) return program;
  }
  return undefined;
}

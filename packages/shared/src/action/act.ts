import type { Environment } from '../exec/environment.ts';

const pause = 250;

/**
 * Stays until act has read what a step printed: it closes the terminal of one that failed without
 * having read all that is in it. Any other runner is not waited for.
 * Source: pkg/container/host_environment.go of act, where `cmd.Run` returns an error
 */
export async function untilActHasRead(env: Environment): Promise<void> {
  if (env['ACT'] === 'true') await new Promise((resolve) => setTimeout(resolve, pause));
}

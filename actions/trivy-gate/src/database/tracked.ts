import type { Environment } from '@slipway/shared/exec/environment';
import type { RunProgram } from '@slipway/shared/exec/program';

/** What asking git needs. */
export interface GitTools {
  run: RunProgram;
  env: Environment;
  signal: AbortSignal;
}

/**
 * Whether a folder has files that a repository has which it is in. Where there is no checkout, or no git
 * that could have made one, it has none.
 */
export async function isTracked(folder: string, { env, run, signal }: GitTools): Promise<boolean> {
  // No configuration of the machine, no program that the one of the checkout names, whoever owns it.
  const options = ['-c', 'core.fsmonitor=false', '-c', 'safe.directory=*'];
  const quiet = {
    PATH: env['PATH'],
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  try {
    const args = [...options, '-C', folder, 'ls-files', '-z', '--', '.'];
    const { code, stdout } = await run('git', args, { env: quiet, signal });
    return code === 0 && stdout !== '';
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

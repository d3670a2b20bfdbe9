import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../exec/environment.ts';

/** Folder of the Docker configuration that the job has. */
export function dockerConfigFolder(env: Environment): string {
  return env['DOCKER_CONFIG'] || join(env['HOME'] || homedir(), '.docker');
}

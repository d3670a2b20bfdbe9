import type { Environment } from '@slipway/shared/action/github';
import type { RunProgram } from '@slipway/shared/exec/program';
import { Failure, messageOf } from '@slipway/shared/failure/failure';

/** The builder that buildx uses now. */
export interface Builder {
  /** `docker`, `docker-container`, `remote`, `kubernetes`, `cloud`. */
  driver: string;
  /**
   * The engine's own builder cannot push by digest, export a cache or attach attestations
   * (https://docs.docker.com/build/builders/drivers/docker/).
   */
  plain: boolean;
}

/**
 * Asks buildx for its current builder: one docker call, which also shows that both are there.
 * @throws Failure `build/docker`
 */
export async function inspectBuilder(
  run: RunProgram,
  env: Environment,
  signal: AbortSignal,
): Promise<Builder> {
  let said: string;
  try {
    const result = await run('docker', ['buildx', 'inspect'], { env, signal });
    const driver = /^Driver:\s*(\S+)/m.exec(result.stdout)?.[1];
    if (result.code === 0 && driver !== undefined) return { driver, plain: driver === 'docker' };
    said =
      result.stderr.trim().split('\n').at(-1) || `docker buildx inspect ended with ${result.code}`;
  } catch (error) {
    signal.throwIfAborted();
    said = messageOf(error);
  }
  throw Failure.of('build/docker', { said });
}

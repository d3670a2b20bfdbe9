import { readFile } from 'node:fs/promises';
import type { Environment } from '@slipway/shared/action/github';
import type { RunProgram } from '@slipway/shared/exec/program';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { isDigest } from '@slipway/shared/image/reference';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { errorLine, isTransient } from './transient.ts';

/** What running buildx needs. */
export interface BuildxTools {
  run: RunProgram;
  clock: Clock;
  signal: AbortSignal;
  say(line: string): void;
  quote(line: string): void;
}

const mostTries = 4;
/** Milliseconds after which a failure is not tried again. */
const retryBudget = 10 * 60_000;

/**
 * Runs `docker buildx …`, again when what failed was the network or the registry: what is built
 * already comes from BuildKit's own cache then, so that only the push is repeated.
 * @throws Failure `build/failed` with the line in which buildx says why
 */
export async function runBuildx(
  args: readonly string[],
  env: Environment,
  { run, clock, signal, say, quote }: BuildxTools,
): Promise<void> {
  const start = clock.now();
  for (let attempt = 1; ; attempt += 1) {
    const result = await run('docker', args, { env, signal, onLine: quote }).catch((error) => {
      signal.throwIfAborted();
      throw Failure.of('build/docker', { said: messageOf(error) }, error);
    });
    if (result.code === 0) return;
    const said = errorLine(result.stderr);
    const pause = 1_000 * 2 ** attempt * (0.75 + Math.random() / 2);
    const late = clock.now() + pause - start > retryBudget;
    if (attempt >= mostTries || late || !isTransient(said)) {
      const code = result.code === null ? `signal ${result.signal}` : `exit code ${result.code}`;
      throw Failure.of('build/failed', { code, said: said || 'it printed nothing' });
    }
    say(
      `attempt ${attempt} of ${mostTries} failed (${said}); the next one in ${formatDuration(pause)}`,
    );
    await clock.sleep(pause, signal);
  }
}

/**
 * The digest that buildx wrote into its metadata file.
 * Source: https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file
 */
export async function digestFrom(metadataFile: string): Promise<string> {
  const text = await readFile(metadataFile, 'utf8').catch(() => '{}');
  const digest = Object.getOwnPropertyDescriptor(JSON.parse(text), 'containerimage.digest')?.value;
  if (typeof digest === 'string' && isDigest(digest)) return digest;
  throw Failure.of('build/failed', {
    code: 'exit code 0',
    said: 'buildx did not say the digest of what it pushed',
  });
}

import { readFile } from 'node:fs/promises';
import type { Environment } from '@slipway/shared/exec/environment';
import type { RunProgram } from '@slipway/shared/exec/program';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { isDigest } from '@slipway/shared/image/reference';
import { redact } from '@slipway/shared/secrets/redact';
import type { Clock } from '@slipway/shared/time/clock';
import { formatDuration } from '@slipway/shared/time/duration';
import { BuildxReport, errorReport, refusedPush } from './buildx-report.ts';
import { isTransient } from './transient.ts';

/** What running buildx needs. */
export interface BuildxTools {
  run: RunProgram;
  clock: Clock;
  signal: AbortSignal;
  say(line: string): void;
  quote(line: string): void;
}

// No engine, or a docker without the plugin.
const noDocker = /Cannot connect to the Docker daemon|error during connect|is not a docker command/;
const mostTries = 4;
/** Milliseconds after the first failure in which a further try may begin. */
const retryBudget = 5 * 60_000;

/**
 * Runs `docker buildx …`, again when what failed was the network or the registry: what is built
 * already comes from BuildKit's own cache then, so that only the push is repeated.
 * @throws Failure `build/failed` with the line in which buildx says why, `image/denied` when that is
 *   about a push; both with a BuildxReport as cause. `build/docker` when docker cannot be started
 */
export async function runBuildx(
  args: readonly string[],
  env: Environment,
  { run, clock, signal, say, quote }: BuildxTools,
): Promise<void> {
  let end = Number.POSITIVE_INFINITY;
  for (let attempt = 1; ; attempt += 1) {
    const result = await run('docker', args, { env, signal, onLine: quote }).catch((error) => {
      signal.throwIfAborted();
      throw Failure.of('build/docker', { said: messageOf(error) }, error);
    });
    if (result.code === 0) return;
    const { line, report } = errorReport(redact(result.stderr));
    if (noDocker.test(result.stderr)) throw Failure.of('build/docker', { said: line });
    end = Math.min(end, clock.now() + retryBudget);
    const pause = 1_000 * 2 ** attempt * (0.75 + Math.random() / 2);
    if (attempt >= mostTries || clock.now() + pause > end || !isTransient(line)) {
      const code = result.code === null ? `signal ${result.signal}` : `exit code ${result.code}`;
      const facts = { code, said: line || 'it printed nothing' };
      throw (
        refusedPush(line, report) ?? Failure.of('build/failed', facts, new BuildxReport(report))
      );
    }
    say(
      `attempt ${attempt} of ${mostTries} failed (${line}); the next one in ${formatDuration(pause)}`,
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

import { open } from 'node:fs/promises';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Fetch } from '@slipway/shared/http/fetch';
import { persist } from '@slipway/shared/http/retry';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { addressAt, type TrivyRelease } from './releases.ts';

/** What a download runs on. */
export interface DownloadTools {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  say(line: string): void;
  /** Longest archive in bytes; ten times what Trivy's has when not given. */
  longest?: number;
}

const longestArchive = 512 * 2 ** 20;

/** Time for one attempt at a mirror, and time after which no further one begins; milliseconds. */
const attemptLimit = 300_000;
const budget = 20_000;

/**
 * Downloads the archive of a release from the first mirror that has the right one.
 * @param to file in a private folder
 * @throws Failure `gate/scanner-hash` when a mirror had another archive and none had the right one,
 *   `gate/scanner-download` when none had any
 */
export async function downloadArchive(
  release: TrivyRelease & { sha256: string },
  mirrors: readonly string[],
  to: string,
  tools: DownloadTools,
): Promise<void> {
  const problems: string[] = [];
  let wrong: Failure | undefined;
  for (const mirror of mirrors) {
    const address = addressAt(mirror, release);
    try {
      const got = await download(address, to, tools);
      if (got === release.sha256) return;
      wrong = Failure.of('gate/scanner-hash', { what: address, wanted: release.sha256, got });
      tools.say(wrong.message);
    } catch (error) {
      tools.signal.throwIfAborted();
      const said = error instanceof TimeoutReached ? 'no answer in time' : messageOf(error);
      problems.push(`${address}: ${said}`);
      tools.say(`${address} did not give Trivy: ${said}`);
    }
  }
  if (wrong) throw wrong;
  throw Failure.of('gate/scanner-download', {
    version: release.version,
    said: problems.join('; '),
  });
}

/** @returns SHA-256 of what was written */
async function download(
  address: string,
  to: string,
  { clock, fetch, longest = longestArchive, signal }: DownloadTools,
): Promise<string> {
  let sum = '';
  const attempt = () =>
    deadline(clock, attemptLimit, signal, async (limit) => {
      const response = await fetch(address, { signal: limit });
      const { headers, status } = response;
      if (response.ok) {
        const { createHash } = await import('node:crypto');
        const hash = createHash('sha256');
        await using file = await open(to, 'w', 0o600);
        let length = 0;
        for await (const piece of response.body ?? []) {
          length += piece.length;
          if (length > longest) throw new Error(`it is longer than ${longest} bytes`);
          hash.update(piece);
          await file.write(piece);
        }
        sum = hash.digest('hex');
      } else await response.body?.cancel();
      return { status, headers, body: new Uint8Array() };
    });
  const { status } = await persist({ clock, signal, budget }, attempt);
  if (status < 200 || status > 299) throw new Error(`status ${status}`);
  return sum;
}

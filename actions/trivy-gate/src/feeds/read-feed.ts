import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { realPathIn } from '@slipway/shared/action/path-input';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import type { Fetch } from '@slipway/shared/http/fetch';
import { persist } from '@slipway/shared/http/retry';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline } from '@slipway/shared/time/deadline';
import type { FeedSource } from '../policy/policy.ts';

/** What reading a feed needs from outside. */
export interface FeedTools {
  fetch: Fetch;
  clock: Clock;
  signal: AbortSignal;
  workspace: string;
}

const attemptLimit = 60_000;
const budget = 20_000;
/** The longest feed that is read, packed or not, in bytes: today's have some 10 MB. */
const longestFeed = 128 * 1024 * 1024;

/**
 * Reads a feed from a file or an address, plain or gzipped. One from an address is pinned by its
 * digest: who could change it could make findings urgent, or not.
 * @throws Failure `gate/feed`
 */
export async function readFeed({ feed, sha256 }: FeedSource, tools: FeedTools): Promise<string> {
  const fail = (said: string, cause?: unknown) => Failure.of('gate/feed', { feed, said }, cause);
  const remote = /^https?:\/\//.test(feed);
  if (remote && !sha256) throw fail('an address needs its sha256 beside it');
  let bytes: Buffer;
  try {
    bytes = remote ? await download(feed, tools) : await readOwn(feed, tools.workspace);
  } catch (error) {
    tools.signal.throwIfAborted();
    throw fail(messageOf(error).replace(/\.$/, ''), error);
  }
  const { createHash } = await import('node:crypto');
  const got = createHash('sha256').update(bytes).digest('hex');
  if (sha256 && got !== sha256) throw fail(`its SHA-256 is ${got}, not ${sha256}`);
  if (bytes.length < 2) throw fail('it is empty');
  try {
    return (
      bytes.readUInt16BE() === 0x1f8b ? gunzipSync(bytes, { maxOutputLength: longestFeed }) : bytes
    ).toString('utf8');
  } catch (error) {
    throw fail(messageOf(error), error);
  }
}

async function readOwn(feed: string, workspace: string): Promise<Buffer> {
  const path = realPathIn([workspace], feed);
  if (path === undefined) throw new Error('it leads out of the workspace');
  return await readFile(path);
}

async function download(address: string, tools: FeedTools): Promise<Buffer> {
  const { clock, fetch, signal } = tools;
  const { body, status } = await persist({ clock, signal, budget }, () =>
    deadline(clock, attemptLimit, signal, async (limit) =>
      wholeAnswer(await fetch(address, { signal: limit }), longestFeed),
    ),
  );
  if (status !== 200) throw new Error(`status ${status}`);
  return Buffer.from(body);
}

import { lineReader } from '@slipway/shared/exec/lines';
import { wholeAnswer } from '@slipway/shared/http/exchange';
import { cut } from '@slipway/shared/secrets/cut';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline } from '@slipway/shared/time/deadline';
import { objectPath, type Query } from './addresses.ts';
import { type ApiCall, wordsFor } from './api-call.ts';
import type { LogSource } from './kubernetes-api.ts';
import { refusalOf } from './refusals.ts';
import type { Sender } from './send.ts';
import { statusIn } from './status.ts';
import { wholeLines } from './watch-events.ts';

/** What reading logs needs. */
export interface LogReader {
  sender: Sender;
  clock: Clock;
}

/** The most that is read of a log, in bytes and in milliseconds. */
const mostBytes = 8 * 1024 * 1024;
const longestRead = 20_000;
const longestLine = 4_000;
const longestRefusal = 1024 * 1024;
/** Pause before a container that has not started is asked for again, in milliseconds. */
const untilItStarts = 700;

/** The last lines of a log; undefined where there is none. */
export async function lastLines(
  { clock, sender }: LogReader,
  asked: LogSource & { previous?: boolean; most: number },
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { most, previous = false } = asked;
  const call = logCall(asked, {
    tailLines: String(most),
    ...(previous && { previous: 'true' }),
  });
  return deadline(clock, longestRead, signal, async (limit) => {
    const answer = await sender.open(call, limit);
    if (answer.status !== 200) {
      const text = await textOf(answer);
      if (noLog(answer.status, text)) return undefined;
      throw refusalOf({ status: answer.status, text }, call);
    }
    const kept: string[] = [];
    const reader = lineReader((line) => {
      kept.push(cut(line, longestLine));
      if (kept.length > most) kept.shift();
    });
    const decoder = new TextDecoder();
    let length = 0;
    for await (const piece of answer.body) {
      reader.data(decoder.decode(piece, { stream: true }));
      length += piece.length;
      if (length > mostBytes) break;
    }
    reader.end();
    await answer.body.cancel();
    return isLost(kept) ? undefined : kept;
  });
}

/**
 * Lines as they come. A container that has not started is waited for; a connection that breaks is
 * made anew, and what was there before is not said twice.
 */
export async function* followLines(
  { clock, sender }: LogReader,
  asked: LogSource,
  signal: AbortSignal,
): AsyncIterable<string> {
  let last = '';
  for (;;) {
    signal.throwIfAborted();
    const since = last === '' ? {} : { sinceTime: last };
    const call = logCall(asked, { follow: 'true', timestamps: 'true', ...since });
    try {
      const answer = await sender.open(call, signal);
      if (answer.status !== 200) {
        const text = await textOf(answer);
        if (answer.status === 404 && last !== '') return;
        if (answer.status !== 500 && !noLog(answer.status, text) && answer.status < 502) {
          throw new Refused(refusalOf({ status: answer.status, text }, call));
        }
      } else {
        for await (const line of wholeLines(answer.body)) {
          const { time, text } = stamped(line);
          if (time !== '' && last !== '' && time <= last) continue;
          if (time !== '') last = time;
          yield text;
        }
        return;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Refused) throw error.failure;
    }
    await clock.sleep(untilItStarts, signal);
  }
}

class Refused extends Error {
  readonly failure: Error;

  constructor(failure: Error) {
    super(failure.message);
    this.failure = failure;
  }
}

/** `2026-11-28T12:00:00.123456789Z the line` */
function stamped(line: string): { time: string; text: string } {
  const [, time, text] =
    /^(\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s.exec(line) ?? [];
  return time === undefined ? { time: '', text: line } : { time, text: text ?? '' };
}

function logCall({ container, namespace, pod }: LogSource, query: Query): ApiCall {
  const resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', isNamespaced: true };
  const about = { resource: 'pods/log', namespace, name: pod };
  return {
    ...about,
    what: wordsFor('reading', about),
    verb: 'get',
    group: '',
    method: 'GET',
    path: objectPath({ resource, namespace, name: pod }, 'log'),
    query: { container, ...query },
  };
}

async function textOf(answer: Parameters<typeof wholeAnswer>[0]): Promise<string> {
  return new TextDecoder().decode((await wholeAnswer(answer, longestRefusal)).body);
}

/** What a kubelet that has lost the log of a container writes in its place, with status 200. */
function isLost([line = '', ...more]: readonly string[]): boolean {
  return more.length === 0 && /^unable to retrieve container logs for \S+$/.test(line);
}

// A pod that is on no node yet (204), one that is gone, a container that waits to start, or one that
// has not run before.
function noLog(code: number, text: string): boolean {
  if (code === 204) return true;
  const status = statusIn(text);
  if (status === undefined) return false;
  if (code === 404) return true;
  return (
    code === 400 && /waiting to start|is not available|not found|not valid/.test(status.message)
  );
}

import { lineReader } from '@slipway/shared/exec/lines';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Client, ClientChannel } from 'ssh2';
import type { HostAddress } from '../host/address.ts';
import { script } from '../host/shell.ts';
import { feed } from './feed.ts';
import type { Shells } from './shells.ts';

/** How a remote script ended: with a code, or by a signal. */
export interface Ended {
  /** False when the login shell did not come to run the script. */
  started: boolean;
  code: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

const killAfter = 2_000;
const giveUpAfter = 1_000;

/** An open connection, and a way to let go of it. */
export interface Connection {
  client: Client;
  shells: Shells;
  address: HostAddress;
  /** Gives it up at once; the next call connects anew. */
  drop(): void;
}

/** What goes on with a script while it runs. */
export interface Talk {
  /**
   * Is on descriptor 3 of the script. When it fails, the script is ended as when the signal aborts,
   * and the call rejects with what it failed with.
   */
  input: AsyncIterable<Buffer>;
  /** Gets each line of stdout as it comes. */
  onLine(line: string): void;
}

/** Runs a script over an open connection; see `Host.run`. */
export function runScript(
  { client, shells, address, drop }: Connection,
  what: string,
  body: string,
  cancelled: AbortSignal,
  onLine: ((line: string) => void) | undefined,
  talk: Talk | undefined,
): Promise<Ended> {
  const broken = new AbortController();
  const signal = AbortSignal.any([cancelled, broken.signal]);
  const mark = `--- ${globalThis.crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let stdout = () => '';
    const begun = () => new RegExp(`${mark} (\\d+)\\n`).exec(stdout());
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      client.off('close', gone);
    };
    const fail = (error: unknown) => {
      settle();
      reject(signal.aborted ? signal.reason : error);
    };
    const lost = (said: string) => fail(Failure.of('ssh/lost', { host: address.host, said }));
    const gone = () => lost(`it was cut during ${what}`);
    // TERM, KILL when that is not enough; a connection that carries neither is given up.
    const stop = () => {
      killGroup(shells, 'TERM', begun()?.[1]);
      timer = setTimeout(() => {
        killGroup(shells, 'KILL', begun()?.[1]);
        timer = setTimeout(() => {
          drop();
          fail(signal.reason);
        }, giveUpAfter);
      }, killAfter);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    client.once('close', gone);
    const refused = (error: unknown) => {
      const said = messageOf(error);
      if (!/agent forwarding/.test(said)) return lost(said);
      fail(Failure.of('git/agent-forwarding', { host: address.host }));
    };
    const begin = (channel: ClientChannel) => {
      if (signal.aborted) {
        channel.close();
        return fail(signal.reason);
      }
      // What was not known yet when the signal came is ended as soon as it is.
      stdout = gather(channel, talk?.onLine, () => {
        if (signal.aborted) killGroup(shells, 'TERM', begun()?.[1]);
      });
      const stderr = gather(channel.stderr, onLine);
      let code: number | undefined;
      let ended: string | undefined;
      channel.on('exit', (status: number | null, name?: string) => {
        code = status ?? undefined;
        ended = name;
      });
      // Data may follow `exit`; only `close` is the end.
      channel.on('close', () => {
        if (signal.aborted) return fail(signal.reason);
        if (code === undefined && ended === undefined) {
          return lost(`${what} did not say how it ended`);
        }
        settle();
        const start = begun();
        resolve({
          started: start !== null,
          code,
          signal: ended,
          stdout: start ? stdout().slice(start.index + start[0].length) : '',
          // What refuses a login, such as nologin, says so on stdout.
          stderr: start ? stderr() : `${stderr()}${stdout()}`,
        });
      });
      if (!talk) return void channel.end(script(body, mark));
      channel.write(script(body, mark, true));
      feed(talk.input, channel, signal).catch((error: unknown) => broken.abort(error));
    };
    shells.take(begin, refused);
  });
}

// Over a channel of its own: OpenSSH refuses the signals of the protocol where root has logged in,
// and the library sends none once the input has ended.
function killGroup(shells: Shells, name: 'TERM' | 'KILL', group: string | undefined): void {
  if (group !== undefined) shells.order(`kill -${name} -- -${group}`);
}

const mostOutput = 4 * 1024 * 1024;

function gather(
  stream: NodeJS.ReadableStream,
  onLine?: (line: string) => void,
  onData?: () => void,
): () => string {
  let all = '';
  const reader = onLine && lineReader(onLine);
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (all.length < mostOutput) all += chunk;
    onData?.();
    reader?.data(chunk);
  });
  stream.on('end', () => reader?.end());
  return () => all;
}

/** Makes a failure of a script that did not end with 0. `what` is as in {@link Host.run}. */
export function mustSucceed(ended: Ended, what: string, address: HostAddress): Ended {
  if (ended.code === 0) return ended;
  const how = ended.signal === undefined ? `exit code ${ended.code}` : `signal ${ended.signal}`;
  if (ended.code === 127 && !ended.started) {
    throw Failure.of('ssh/tools', { host: address.host, missing: `bash: ${lastLinesOf(ended)}` });
  }
  throw Failure.of('ssh/command', {
    host: address.host,
    what,
    ended: how,
    said: lastLinesOf(ended),
  });
}

/** The last lines of what a script said went wrong. */
export function lastLinesOf({ stderr }: Ended): string {
  return stderr.trim().split(/\r?\n/).slice(-5).join('\n') || 'it printed no error';
}

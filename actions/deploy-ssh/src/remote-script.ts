import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Client, ClientChannel } from 'ssh2';
import type { HostAddress } from './host.ts';
import { script } from './shell.ts';

/** How a remote script ended: with a code, or by a signal. */
export interface Ended {
  code: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

const killAfter = 2_000;

/** Runs a script over an open connection; see `Host.run`. */
export function runScript(
  client: Client,
  address: HostAddress,
  what: string,
  body: string,
  signal: AbortSignal,
  onLine: ((line: string) => void) | undefined,
): Promise<Ended> {
  const mark = `--- ${globalThis.crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const lost = (said: string) => Failure.of('ssh/lost', { host: address.host, said });
    const gone = () => reject(lost(`during ${what}`));
    client.once('close', gone);
    client.exec('bash -ls', (error, channel) => {
      if (error) return reject(lost(messageOf(error)));
      const stop = stopWhenAborted(channel, signal);
      const stdout = gather(channel);
      const stderr = gather(channel.stderr, onLine);
      let code: number | undefined;
      let ended: string | undefined;
      channel.on('exit', (status: number | null, name?: string) => {
        code = status ?? undefined;
        ended = name;
      });
      // Data may follow `exit`; only `close` is the end.
      channel.on('close', () => {
        stop();
        client.off('close', gone);
        if (signal.aborted) return reject(signal.reason);
        if (code === undefined && ended === undefined)
          return reject(lost(`${what} did not say how it ended`));
        const printed = stdout();
        const start = printed.indexOf(`${mark}\n`);
        resolve({
          code,
          signal: ended,
          stdout: start < 0 ? '' : printed.slice(start + mark.length + 1),
          stderr: stderr(),
        });
      });
      channel.end(script(body, mark));
    });
  });
}

// TERM to the remote process group, KILL when that is not enough (RFC 4254 6.9, OpenSSH 7.9).
function stopWhenAborted(channel: ClientChannel, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    channel.signal('TERM');
    timer = setTimeout(() => {
      channel.signal('KILL');
      timer = setTimeout(() => channel.destroy(), killAfter);
    }, killAfter);
  };
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  };
}

const mostOutput = 4 * 1024 * 1024;

function gather(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  let all = '';
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (all.length < mostOutput) all += chunk;
    if (!onLine) return;
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => {
    if (rest !== '') onLine?.(rest);
  });
  return () => all;
}

/** Makes a failure of a script that did not end with 0. `what` is as in {@link Host.run}. */
export function mustSucceed(ended: Ended, what: string, address: HostAddress): Ended {
  if (ended.code === 0) return ended;
  const how = ended.signal === undefined ? `exit code ${ended.code}` : `signal ${ended.signal}`;
  const last = ended.stderr.trim().split(/\r?\n/).slice(-5).join('\n');
  throw Failure.of('ssh/command', {
    host: address.host,
    what,
    ended: how,
    said: last || 'it printed no error',
  });
}

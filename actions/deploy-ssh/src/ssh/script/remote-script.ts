import { Failure, messageOf } from '@slipway/shared/failure/failure';
import type { Client, ClientChannel } from 'ssh2';
import type { HostAddress } from '../address.ts';
import { script } from '../shell.ts';
import { framedScript } from './clean-shell.ts';
import { feed } from './feed.ts';
import { scriptOutput } from './script-output.ts';
import type { Shells } from './shells.ts';

/** How a remote script ended: with a code, or by a signal. */
export interface ScriptResult {
  code: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

const killAfter = 2_000;
const giveUpAfter = 1_000;

/** An open connection, and a way to let go of it. */
export interface OpenConnection {
  client: Client;
  shells: Shells;
  address: HostAddress;
  /** Gives it up at once; the next call connects anew. */
  drop(): void;
}

/** What goes into a script and comes out of it while it runs. */
export interface ScriptStreams {
  /**
   * Is on descriptor 3 of the script. When it fails, the script is ended as when the signal aborts,
   * and the call rejects with what it failed with.
   */
  input?: AsyncIterable<Buffer>;
  /** Gets each line of stdout as it comes. */
  onStdout?(line: string): void;
  /** Gets each line of stderr as it comes. */
  onStderr?(line: string): void;
}

/** Runs a script over an open connection; see `Host.run`. */
export function runScript(
  { client, shells, address, drop }: OpenConnection,
  { what, body }: { what: string; body: string },
  cancelled: AbortSignal,
  streams: ScriptStreams = {},
): Promise<ScriptResult> {
  const { input } = streams;
  const broken = new AbortController();
  const signal = AbortSignal.any([cancelled, broken.signal]);
  const mark = `--- ${globalThis.crypto.randomUUID()}`;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const output = scriptOutput(mark, streams);
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
      killGroup(shells, 'TERM', output.group());
      timer = setTimeout(() => {
        killGroup(shells, 'KILL', output.group());
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
      channel.setEncoding('utf8').on('data', (text: string) => {
        const known = output.group();
        output.out(text);
        // The signal may come before the process group is known.
        if (signal.aborted && known === undefined) killGroup(shells, 'TERM', output.group());
      });
      channel.stderr.setEncoding('utf8').on('data', output.err);
      let code: number | undefined;
      let ended: string | undefined;
      channel.on('exit', (status: number | null, name?: string) => {
        code = status ?? undefined;
        ended = name;
      });
      // Data may follow `exit`; only `close` is the end.
      channel.on('close', () => {
        if (signal.aborted) return fail(signal.reason);
        output.end();
        if (code === undefined && ended === undefined) {
          return lost(`${what} did not say how it ended`);
        }
        const own = output.code();
        // The script itself has to say that it ended: another program may have run in its place.
        if (own === undefined && (code === 0 || output.group() === undefined)) {
          return fail(
            notRun({ what, address, code, signal: ended, before: output.before(), mark }),
          );
        }
        settle();
        resolve({
          code: ended === undefined ? (own ?? code) : undefined,
          signal: ended,
          stdout: output.stdout(),
          stderr: output.stderr(),
        });
      });
      const framed = framedScript(script(body, mark, input !== undefined), mark);
      if (!input) return void channel.end(framed);
      channel.write(framed);
      feed(input, channel, signal).catch((error: unknown) => broken.abort(error));
    };
    shells.take(begin, refused);
  });
}

// Over a channel of its own: OpenSSH refuses the signals of the protocol where root has logged in,
// and the library sends none once the input has ended.
function killGroup(shells: Shells, name: 'TERM' | 'KILL', group: string | undefined): void {
  if (group !== undefined) shells.order(`kill -${name} -- -${group}`);
}

/** What ended in place of a script. */
interface InItsPlace {
  what: string;
  address: HostAddress;
  code: number | undefined;
  signal: string | undefined;
  before: string;
  mark: string;
}

/** The failure for a script that never began, or of which it is not known that it ended. */
function notRun({ what, address, code, signal, before, mark }: InItsPlace): Failure {
  const { host, user } = address;
  // A host that sends the script back shows its secrets; so does a profile that prints what it sets.
  const lines = before.includes(mark)
    ? ['it sent back what was sent to it']
    : before
        .split(/\r?\n/)
        .filter((line) => line.trim() !== '' && !/^\++ |\b[A-Za-z_]\w*=/.test(line));
  const said = lines.slice(-5).join('\n');
  if (code === 127)
    return Failure.of('ssh/tools', { host, missing: said ? `bash: ${said}` : 'bash' });
  const ended = signal === undefined ? `exit code ${code}` : `signal ${signal}`;
  return Failure.of('ssh/shell', { host, user, what, ended, said: said || 'it printed nothing' });
}

/** Makes a failure of a script that did not end with 0. `what` is as in {@link Host.run}. */
export function mustSucceed(ended: ScriptResult, what: string, address: HostAddress): ScriptResult {
  if (ended.code === 0) return ended;
  const how = ended.signal === undefined ? `exit code ${ended.code}` : `signal ${ended.signal}`;
  throw Failure.of('ssh/command', {
    host: address.host,
    what,
    ended: how,
    said: lastLinesOf(ended),
  });
}

/** The last lines of what a script said went wrong. */
export function lastLinesOf({ stderr }: ScriptResult): string {
  return stderr.trim().split(/\r?\n/).slice(-5).join('\n') || 'it printed no error';
}

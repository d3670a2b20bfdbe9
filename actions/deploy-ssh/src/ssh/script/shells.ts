import type { Client, ClientChannel } from 'ssh2';
import { cleanShell, framedScript } from './clean-shell.ts';

type Begin = (shell: ClientChannel) => void;
type Fail = (error: unknown) => void;

const tries = 5;
const pause = 100;

/** Login shells over one connection; each runs one script, from its standard input. */
export interface Shells {
  /** Gives `begin` a shell to which nothing was written yet, or `fail` the reason why there is none. */
  take(begin: Begin, fail: Fail): void;
  /** Lets the next script have a shell that starts after this: the profile may be another one now. */
  refresh(): void;
  /** Runs a short command without quotes beside the script that runs. Its result is not read. */
  order(command: string): void;
  /** Ends the shell that waits; resolves when it has ended on the host. */
  end(): Promise<void>;
}

/**
 * Keeps one shell started ahead: to open a channel and to start a shell on it take a round trip
 * each, and its profile takes its time. Where a server allows no further session (MaxSessions of
 * sshd_config), each script waits for its own.
 */
export function shellsOn(client: Client): Shells {
  let ahead: ClientChannel | undefined;
  /** Resolves when the shell that is being started is there, or cannot be. */
  let coming: Promise<void> | undefined;
  let unwanted = false;

  const start = (command: string, begin: Begin, fail: Fail) => {
    try {
      client.exec(command, (error, shell) => (error ? fail(error) : begin(shell)));
    } catch (error) {
      fail(error);
    }
  };

  const startAhead = () => {
    if (ahead || coming) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    coming = promise;
    const arrived = (shell?: ClientChannel) => {
      const late = unwanted;
      [coming, unwanted] = [undefined, false];
      if (shell && late) dismiss(shell);
      else if (shell) keep(shell);
      if (late) startAhead();
      resolve();
    };
    start(cleanShell, arrived, () => arrived());
  };

  const keep = (shell: ClientChannel) => {
    ahead = shell;
    const gone = () => {
      if (ahead === shell) ahead = undefined;
    };
    shell.once('exit', gone).once('close', gone);
  };

  const takeAhead = () => {
    const shell = ahead;
    ahead = undefined;
    return shell;
  };

  const take = async (begin: Begin, fail: Fail, left: number): Promise<void> => {
    // The shell that is being started is ready first, and the server may allow no further session.
    while (coming) await coming;
    const shell = takeAhead();
    // The server may still count a session that has just ended.
    const again = () => setTimeout(() => void take(begin, fail, left - 1), pause);
    if (shell) begin(shell);
    else
      start(cleanShell, begin, (error) => (left > 1 && isRefusal(error) ? again() : fail(error)));
    startAhead();
  };

  const order = async (command: string): Promise<void> => {
    while (coming) await coming;
    const shell = takeAhead();
    if (shell) dismiss(shell, framedScript(command, 'order'));
    else start(`bash -c '${command}'`, dismiss, () => undefined);
  };

  return {
    take: (begin, fail) => void take(begin, fail, tries),
    refresh() {
      if (coming) unwanted = true;
      const shell = takeAhead();
      if (!shell) return;
      dismiss(shell);
      startAhead();
    },
    order: (command) => void order(command),
    async end() {
      while (coming) await coming;
      const shell = takeAhead();
      if (!shell) return;
      await new Promise((resolve) => {
        shell.once('exit', resolve).once('close', resolve);
        dismiss(shell);
      });
    },
  };
}

/** Whether the server refused to open a channel (RFC 4254, 5.1); false when the connection is lost. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'reason' in error && typeof error.reason === 'number';
}

function dismiss(shell: ClientChannel, lastWords?: string): void {
  shell.resume();
  shell.stderr.resume();
  shell.end(lastWords ?? '');
}

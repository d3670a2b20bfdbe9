import { spawn } from 'node:child_process';
import { redact } from '../secrets/redact.ts';
import type { Environment } from './environment.ts';
import { lineReader } from './lines.ts';

/** How a program ended. */
export interface ProgramResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** The last lines of stderr, at most 64 KiB. */
  stderr: string;
}

/** How to run a program. There is never a shell. */
export interface ProgramOptions {
  env: Environment;
  cwd?: string;
  signal: AbortSignal;
  /**
   * Gets each line of stdout and stderr as it comes, one above 64 KiB in parts; stdout is not kept
   * then.
   */
  onLine?(line: string): void;
  /** Most characters of stdout that are kept; a program that writes more is stopped. */
  longest?: number;
}

/** A program has written more than it may. */
export class TooMuchOutput extends Error {
  override readonly name = 'TooMuchOutput';
}

/** Runs a program to its end. */
export type RunProgram = (
  command: string,
  args: readonly string[],
  options: ProgramOptions,
) => Promise<ProgramResult>;

const mostKept = 64 * 1024;
const killAfter = 3_000;

/**
 * Runs a program in a process group of its own. When the signal aborts, the whole group gets TERM
 * and, 3 s later, KILL; the call rejects with the signal's reason once the program has ended.
 * @throws the error of `spawn` when the program cannot be started, such as ENOENT; TooMuchOutput
 */
export const runProgram: RunProgram = (command, args, { env, cwd, signal, onLine, longest }) =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const child = spawn(command, [...args], {
      cwd,
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
    });
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      end(child.pid, 'SIGTERM');
      timer = setTimeout(() => {
        end(child.pid, 'SIGKILL');
        // A process that left the group may keep them open; we do not wait for it.
        child.stdout.destroy();
        child.stderr.destroy();
      }, killAfter);
    };
    signal.addEventListener('abort', stop, { once: true });
    let stdout = '';
    let stderr = '';
    let excess: TooMuchOutput | undefined;
    const lines = (take: (text: string) => void) => {
      const reader = onLine && lineReader(onLine);
      return {
        data(text: string) {
          take(text);
          reader?.data(text);
        },
        end: () => reader?.end(),
      };
    };
    const out = lines((text) => {
      if (onLine || excess) return;
      stdout += text;
      if (longest === undefined || stdout.length <= longest) return;
      excess = new TooMuchOutput(`${command} wrote more than ${longest} characters`);
      stop();
    });
    const err = lines((text) => {
      stderr += text;
      if (stderr.length > 2 * mostKept) stderr = lastPart(stderr);
    });
    child.stdout.setEncoding('utf8').on('data', out.data).on('end', out.end);
    child.stderr.setEncoding('utf8').on('data', err.data).on('end', err.end);
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, name) => {
      settle();
      if (signal.aborted) reject(signal.reason);
      else if (excess) reject(excess);
      else resolve({ code, signal: name, stdout, stderr: lastPart(stderr) });
    });
  });

// Begins with a whole line where there is one: the mask would not know the second half of a secret.
function lastPart(text: string): string {
  if (text.length <= mostKept) return text;
  const kept = redact(text).slice(-mostKept);
  return kept.slice(kept.indexOf('\n') + 1);
}

function end(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended already.
  }
}

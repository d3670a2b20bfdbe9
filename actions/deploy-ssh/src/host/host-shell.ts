import { Failure } from '@slipway/shared/failure/failure';
import type { Pace } from '@slipway/shared/time/poll';
import type { Host } from '../ssh/host.ts';
import { mustSucceed, type ScriptResult } from '../ssh/script/remote-script.ts';
import { exclusiveScript } from './exclusive-script.ts';
import type { SiteLock } from './lock/lock.ts';
import { type StepPlace, stepScript } from './steps.ts';

/** Runs the scripts of one deployment on its host. `what` names a script in messages. */
export interface HostShell {
  /** Runs a script that has to succeed. */
  run(what: string, body: string, signal: AbortSignal): Promise<ScriptResult>;
  /** The same, once more when the connection was lost: for a script that may be repeated. */
  again(what: string, body: string, signal: AbortSignal): Promise<ScriptResult>;
  /** Runs a script in the deployment's folder that nothing else may change meanwhile. */
  change(what: string, body: string, signal: AbortSignal): Promise<ScriptResult>;
  /** The script of such a change: alone in the folder, and only while the lock is held. */
  alone(body: string): string;
  /** Runs a script of the user, if there is one. */
  step(what: string, text: string, place: StepPlace, signal: AbortSignal): Promise<void>;
}

/** How often a host is looked at, in milliseconds. */
export const hostPace: Pace = { first: 500, most: 1_000 };

/** What the deployment on a host works with. */
export interface ShellTools {
  host: Host;
  say(line: string): void;
  quote(line: string): void;
}

/**
 * Makes the shell of the deployment in the folder `path`.
 * @param lock without which nothing is changed
 */
export function hostShell(
  path: string,
  lock: Pick<SiteLock, 'fence'>,
  { host, say, quote }: ShellTools,
): HostShell {
  const inFolder = (body: string) => exclusiveScript(path, `${lock.fence}\n${body}`);
  const run: HostShell['run'] = async (what, body, signal) =>
    mustSucceed(await host.run(what, body, signal, { onStderr: quote }), what, host.address);
  const change: HostShell['change'] = (what, body, signal) => run(what, inFolder(body), signal);
  return {
    run,
    change,
    alone: inFolder,
    async again(what, body, signal) {
      try {
        return await run(what, body, signal);
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'ssh/lost') throw error;
        say(`${error.message} Connecting once more.`);
        return run(what, body, signal);
      }
    },
    async step(what, text, place, signal) {
      if (text.trim() === '') return;
      say(what);
      await change(what, stepScript(place, text), signal);
      host.refresh();
    },
  };
}

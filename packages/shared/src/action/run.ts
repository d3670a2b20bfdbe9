import type { Environment } from '../exec/environment.ts';
import { Failure, messageOf } from '../failure/failure.ts';
import { useProxy } from '../http/use-proxy.ts';
import { untilActHasRead } from './act.ts';
import { type Commands, runnerCommands } from './commands.ts';
import { type GitHubContext, readGitHubContext } from './github.ts';
import type { BadInput } from './input.ts';
import { type InputSpec, type InputValues, type Problem, readInputs } from './inputs.ts';
import type { ActionManifest, OutputName } from './manifest.ts';
import { escapeMarkdown } from './markdown.ts';
import type { FileInputs } from './settings-file.ts';

/** What an action gets to work with. */
export interface Run<M extends ActionManifest> {
  /**
   * Reads every input, or throws all that is wrong with them at once.
   * @param file what {@link settingsFile} gave
   */
  inputs<const S extends InputSpec<M>>(
    spec: S,
    rules?: (values: InputValues<M, S>, problem: Problem) => void,
    file?: FileInputs | BadInput,
  ): InputValues<M, S>;
  commands: Commands;
  env: Environment;
  github: GitHubContext;
  /** Aborts when the run is cancelled; its reason is the `action/cancelled` failure. */
  signal: AbortSignal;
}

/** What an action has to say at its end. */
export interface Outcome<M extends ActionManifest> {
  outputs: Partial<Record<OutputName<M>, string>>;
  /** Markdown for the job summary. */
  summary?: string;
  /** The one line that says what is true now. */
  closing: string;
  /** Makes the step red. */
  failure?: Failure;
}

/** Version of the suite; the release tree stamps it into the bundles. */
export const suiteVersion = '0.0.0-development';

/**
 * Runs an action: gives it its inputs and a signal, then sets outputs, summary, one annotation when
 * it failed, and the exit code. Never calls `process.exit`: sockets close, files are written.
 * @param whenFailed outputs of a run that threw, on top of `status` and `reason`
 */
export async function runAction<M extends ActionManifest>(
  manifest: M,
  action: (run: Run<M>) => Promise<Outcome<M>>,
  whenFailed: Outcome<M>['outputs'] = {},
): Promise<void> {
  const env: Environment = process.env;
  // The reader of the log may end before us; a rollback must not end with it.
  process.stdout.on('error', () => undefined);
  const commands = runnerCommands();
  const signal = listenForCancellation();
  let end: End;
  try {
    await useProxy(env, commands.mask);
    const source = { env, mask: commands.mask };
    end = await action({
      inputs: (spec, rules, file) =>
        readInputs(manifest, spec, { ...source, ...(file && { file }) }, rules),
      commands,
      env,
      github: readGitHubContext(env),
      signal,
    });
  } catch (error) {
    if (!(error instanceof Failure) && error instanceof Error) commands.info(error.stack ?? '');
    end = endOf(asFailure(error, manifest), manifest, whenFailed);
  }
  say(end, manifest, commands);
  try {
    await write(end, commands);
  } catch (error) {
    say({ outputs: {}, closing: '', failure: asFailure(error, manifest) }, manifest, commands);
  }
  if (process.exitCode === 1) await untilActHasRead(env);
}

/** An {@link Outcome} of whatever action. */
interface End {
  outputs: Readonly<Record<string, string | undefined>>;
  summary?: string;
  closing: string;
  failure?: Failure;
}

// The annotation is what most people read, so it says what is true now as well.
function say({ failure, closing }: End, manifest: ActionManifest, commands: Commands): void {
  if (failure) {
    process.exitCode = 1;
    const lines = [failure.message, failure.remedy, closing].filter((line) => line !== '');
    commands.error(lines.join('\n'), `${manifest.name}: ${failure.code}`);
  }
  if (closing !== '') commands.info(closing);
}

async function write({ outputs, summary }: End, commands: Commands): Promise<void> {
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== undefined) commands.output(name, value);
  }
  if (summary) await commands.summary(summary);
}

function endOf(failure: Failure, manifest: ActionManifest, more: End['outputs']): End {
  const status = failure.code === 'action/cancelled' ? 'cancelled' : 'failed';
  const outputs = Object.entries({ status, reason: failure.code });
  const own = outputs.filter(([name]) => manifest.outputs.includes(name));
  return {
    outputs: { ...Object.fromEntries(own), ...more },
    summary: failureSummary(failure, manifest),
    closing: '',
    failure,
  };
}

/** The job summary of an action that has nothing more to say than what went wrong. */
export function failureSummary(failure: Failure, { name }: ActionManifest): string {
  return [
    `## ❌ ${name}: ${failure.code}`,
    ...failure.message.split('\n').map(escapeMarkdown),
    escapeMarkdown(failure.remedy),
    '',
  ].join('\n\n');
}

function asFailure(error: unknown, manifest: ActionManifest): Failure {
  if (error instanceof Failure) return error;
  return Failure.of(
    'action/unexpected',
    { action: manifest.name, version: suiteVersion, error: messageOf(error) },
    error,
  );
}

// The runner sends SIGINT, 7.5 s later SIGTERM, and kills 2.5 s after that. The first one counts;
// the handlers stay to the end, so that a later one cuts neither the rollback nor the outputs short.
function listenForCancellation(): AbortSignal {
  const controller = new AbortController();
  const abort = (signal: NodeJS.Signals) =>
    controller.abort(Failure.of('action/cancelled', { signal }));
  process.on('SIGINT', abort).on('SIGTERM', abort);
  return controller.signal;
}

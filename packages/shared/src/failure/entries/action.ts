import { entry } from '../entry.ts';

/** Failures of running an action at all. */
export const actionFailures = {
  'action/input': entry({
    cause: (f: { problems: string }) => f.problems,
    remedy: () => 'Correct the inputs; nothing was changed.',
  }),
  'action/proxy': entry({
    cause: (f: { variable: string; scheme: string }) =>
      `${f.variable} is not the address of an HTTP proxy${f.scheme}.`,
    remedy: () =>
      'Correct the variable on the runner, such as `http://proxy.corp:3128` or `http://user:password@proxy.corp:3128`, with `%40` for an @ in the password; nothing was changed.',
  }),
  'action/cancelled': entry({
    cause: (f: { signal: string }) => `The run was cancelled (${f.signal}).`,
    remedy: () => 'Run the job again when you are ready.',
  }),
  'action/unexpected': entry({
    cause: (f: { action: string; version: string; error: string }) =>
      `${f.action} ${f.version} hit an error that it does not know: ${f.error}`,
    remedy: () =>
      'This is a bug of the action. Please open an issue with this message, the workflow step and the log of a run with debug logging on.',
  }),
} as const;

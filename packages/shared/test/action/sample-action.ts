// An action of a few lines, for run.test.ts to start as the runner would.
import { once } from 'node:events';
import { choice, secret, text } from '../../src/action/input.ts';
import { type Outcome, type Run, runAction } from '../../src/action/run.ts';
import { Failure } from '../../src/failure/failure.ts';

const manifest = {
  name: 'sample',
  inputs: {
    does: { required: true, default: '' },
    address: { required: false, default: '' },
    token: { required: false, default: '' },
  },
  outputs: ['status', 'reason', 'url'],
} as const;

type Sample = typeof manifest;

const crash = Failure.of('deploy/exited', { what: 'web', why: '100% CPU, then exit code 3' });

const doings = {
  green: async () => ({
    outputs: { status: 'deployed', url: 'http://web' },
    summary: '## deployed\n',
    closing: 'deployed: web serves the new version.',
  }),

  red: async () => ({
    outputs: { status: 'rolled-back', reason: crash.code },
    summary: '## rolled back\n',
    closing: 'rolled-back: web serves the version before.',
    failure: crash,
  }),

  'known failure': async () => {
    throw crash;
  },

  'unknown error': async ({ env }: Run<Sample>) => {
    const cause = new Error(`no entry ${env['INPUT_TOKEN'] ? '(with a token)' : ''}`);
    throw new TypeError('x is not a function\n::set-output name=url::evil', { cause });
  },

  'strange error': async () => {
    throw 'just a text';
  },

  // Leaves a connection open that the server would keep.
  fetch: async ({ env }: Run<Sample>) => {
    const response = await fetch(env['INPUT_ADDRESS'] ?? '');
    return { outputs: { url: await response.text() }, closing: 'fetched.' };
  },

  // Works until it is cancelled; its clean-up lasts until a second signal has come.
  work: async ({ commands, signal }: Run<Sample>) => {
    const work = setInterval(() => undefined, 1_000);
    commands.info('working');
    await once(signal, 'abort');
    commands.info('rolling back');
    await once(process, 'SIGTERM');
    clearInterval(work);
    return {
      outputs: { status: 'cancelled' },
      closing: 'cancelled: web serves the version before.',
      failure: signal.reason,
    };
  },

  // Gives up at once, by the reason of its signal.
  'work that stops': async ({ commands, signal }: Run<Sample>) => {
    const work = setInterval(() => undefined, 1_000);
    commands.info('working');
    await once(signal, 'abort');
    clearInterval(work);
    throw signal.reason;
  },
} satisfies Record<string, (run: Run<Sample>) => Promise<Outcome<Sample>>>;

await runAction(manifest, async (run) => {
  const words = Object.keys(doings);
  const { does } = run.inputs({ does: choice(...words), address: text, token: secret(text) });
  const doing = Object.entries(doings).find(([name]) => name === does)?.[1];
  if (!doing) throw new Error('choice let something through');
  return doing(run);
});

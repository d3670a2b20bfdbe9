import type { ImageVerdict } from '../runtime.ts';

/** How the containers of an image behave in the virtual runtime; times in milliseconds. */
export interface Script {
  /** What the service finds when it looks for the image. */
  image?: ImageVerdict;
  /** How long a pull takes. */
  pull?: number;
  /** It cannot be pulled, for this reason. */
  pullFails?: string;
  /** From the image until the container runs. */
  start?: number;
  /** It cannot be started, for this reason. */
  startFails?: string;
  /** It ends by itself, so long after it began to run; `times`: only its first runs do. */
  exit?: { after: number; code: number; reason?: string; times?: number };
  /** How it takes SIGTERM. */
  term?: { after: number; code: number };
  /** From its start until it is ready. */
  ready?: number | 'never';
  /** From its start until its liveness probe fails. */
  live?: number;
  /** What it answers over HTTP where the runtime has real addresses; 200 with its image by default. */
  answer?: { status?: number; body?: string };
  /** What it prints, so long after it began to run. */
  logs?: readonly { after: number; line: string }[];
}

const second = 1_000;

/** Behaviours by name; the times are those of a small image. */
export const scripts = {
  healthy: {
    pull: 7 * second,
    start: 3 * second,
    ready: 2 * second,
    logs: [{ after: second, line: 'listening' }],
  },
  /** Prints a line and ends. */
  task: {
    pull: 5 * second,
    start: second,
    exit: { after: 2 * second, code: 0 },
    logs: [{ after: second, line: 'done' }],
  },
  crash: {
    pull: 5 * second,
    start: second,
    ready: 'never',
    exit: { after: 2 * second, code: 1 },
    logs: [{ after: second, line: 'Error: DATABASE_URL is not set' }],
  },
  /** After the operation has succeeded. */
  crashLate: {
    pull: 5 * second,
    start: second,
    exit: { after: 20 * second, code: 1 },
    logs: [{ after: 19 * second, line: 'Error: lost the database' }],
  },
  /** Ends once and runs from then on. */
  crashOnce: {
    pull: 5 * second,
    start: second,
    exit: { after: second, code: 1, times: 1 },
  },
  outOfMemory: {
    pull: 5 * second,
    start: second,
    ready: 'never',
    exit: { after: 3 * second, code: 137, reason: 'OOMKilled' },
  },
  neverReady: { pull: 5 * second, start: second, ready: 'never' },
  notLive: { pull: 5 * second, start: second, live: 5 * second },
  noImage: {
    pull: 2 * second,
    pullFails:
      'rpc error: code = NotFound desc = failed to pull and unpack image: failed to resolve reference: not found',
  },
  inaccessible: { image: 'inaccessible' },
  registryError: { image: 'registry-error' },
  noCommand: {
    pull: 5 * second,
    startFails:
      'failed to create containerd task: failed to create shim task: exec: "serve": executable file not found in $PATH',
  },
  /** Does not listen to SIGTERM. */
  stubborn: {
    pull: 5 * second,
    start: second,
    term: { after: Number.POSITIVE_INFINITY, code: 137 },
  },
} as const satisfies Record<string, Script>;

/** The same behaviour at another pace: 0.001 makes milliseconds of its seconds. */
export function atPace(script: Script, pace: number): Script {
  const { exit, live, logs, pull, ready, start, term } = script;
  return {
    ...script,
    ...(pull !== undefined && { pull: pull * pace }),
    ...(start !== undefined && { start: start * pace }),
    ...(typeof ready === 'number' && { ready: ready * pace }),
    ...(live !== undefined && { live: live * pace }),
    ...(exit && { exit: { ...exit, after: exit.after * pace } }),
    ...(term && { term: { ...term, after: term.after * pace } }),
    ...(logs && { logs: logs.map((log) => ({ ...log, after: log.after * pace })) }),
  };
}

/** How the containers of an image behave in the virtual runtime; times in milliseconds. */
export interface Script {
  /** From the start of the task until the image is there. */
  pull?: number;
  /** From the image until the container runs. */
  start?: number;
  /** From then until its checks say that it is healthy. */
  healthy?: number | 'never';
  /** Why a target group says that it is unhealthy, where `healthy` is `never`. */
  unhealthy?: { reason: string; description: string };
  /** It cannot be started at all; the sentence that ECS stops the task with. */
  fails?: string;
  /** It ends by itself, so long after it began to run. */
  exit?: { after: number; code: number; reason?: string };
  /** How it takes SIGTERM. */
  term?: { after: number; code: number };
  /** What it prints, so long after it began to run. */
  logs?: readonly { after: number; message: string }[];
}

const second = 1_000;

/** Behaviours by name; the times are those of a small service on Fargate. */
export const scripts = {
  healthy: { pull: 5 * second, start: second, healthy: 10 * second },
  /** Prints a line and ends. */
  task: {
    pull: 5 * second,
    start: second,
    exit: { after: 2 * second, code: 0 },
    logs: [{ after: second, message: 'done' }],
  },
  crash: {
    pull: 5 * second,
    start: second,
    healthy: 'never',
    exit: { after: 3 * second, code: 1 },
    logs: [{ after: 2 * second, message: 'Error: DATABASE_URL is not set' }],
  },
  outOfMemory: {
    pull: 5 * second,
    start: second,
    healthy: 'never',
    exit: {
      after: 3 * second,
      code: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
    },
  },
  neverHealthy: {
    pull: 5 * second,
    start: second,
    healthy: 'never',
    unhealthy: {
      reason: 'Target.ResponseCodeMismatch',
      description: 'Health checks failed with these codes: [503]',
    },
  },
  noImage: {
    pull: 3 * second,
    fails:
      'CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref: not found',
  },
  noSecret: {
    fails:
      'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue',
  },
  /** Does not listen to SIGTERM. */
  stubborn: {
    pull: 5 * second,
    start: second,
    healthy: 10 * second,
    term: { after: Infinity, code: 137 },
  },
} as const satisfies Record<string, Script>;

/** The same behaviour at another pace: 0.001 makes milliseconds of its seconds. */
export function atPace(script: Script, pace: number): Script {
  const { exit, healthy, logs, pull, start, term } = script;
  return {
    ...script,
    ...(pull !== undefined && { pull: pull * pace }),
    ...(start !== undefined && { start: start * pace }),
    ...(typeof healthy === 'number' && { healthy: healthy * pace }),
    ...(exit && { exit: { ...exit, after: exit.after * pace } }),
    ...(term && { term: { ...term, after: term.after * pace } }),
    ...(logs && { logs: logs.map((log) => ({ ...log, after: log.after * pace })) }),
  };
}

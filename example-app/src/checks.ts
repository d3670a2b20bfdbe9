import type { Logger } from 'pino';

/** For so long one answer of a dependency serves all who ask; an older one serves nobody. */
const KEPT_MS = 500;

/** Something outside the process that the app uses. */
export type Dependency = {
  /** For answers, metrics and logs, for example `postgres`. No address. */
  readonly name: string;
  /** Whether the app is of no use without it. */
  readonly required: boolean;
  /** Resolves when it answers. */
  readonly check: () => Promise<unknown>;
};

export type Checked = { readonly name: string; readonly required: boolean; readonly up: boolean };

export type ChecksOptions = {
  readonly logger: Logger;
  /** How long one check may take, in milliseconds. */
  readonly limitMs: number;
};

/**
 * Prepares the checks of dependencies. They run when somebody asks, at most one of each at a time
 * and each within its time, so that neither a silent dependency nor many probes pile anything up.
 *
 * @returns a function that tells which dependencies are up
 */
export function prepareChecks(
  dependencies: readonly Dependency[],
  options: ChecksOptions,
): () => Promise<readonly Checked[]> {
  const asks = dependencies.map((dependency) => {
    const { name, required } = dependency;
    const isUp = shared(watched(dependency, options));
    return async () => ({ name, required, up: await isUp() });
  });
  return () => Promise.all(asks.map((ask) => ask()));
}

/** The check with its limit; the log hears when the dependency goes and when it comes back. */
function watched({ name, check }: Dependency, { logger, limitMs }: ChecksOptions) {
  let wasUp: boolean | undefined;
  return async (): Promise<boolean> => {
    const up = await within(limitMs, check()).then(
      () => true,
      (err: unknown) => {
        if (wasUp !== false) logger.warn({ dependency: name, err }, 'dependency is down');
        return false;
      },
    );
    if (up && wasUp === false) logger.info({ dependency: name }, 'dependency is up again');
    wasUp = up;
    return up;
  };
}

/** Whoever asks while it runs, or shortly after, gets the same result. */
function shared(run: () => Promise<boolean>): () => Promise<boolean> {
  let result: Promise<boolean> | undefined;
  return () => {
    result ??= run().finally(() => {
      setTimeout(() => {
        result = undefined;
      }, KEPT_MS).unref();
    });
    return result;
  };
}

/**
 * Waits for something, but not for ever.
 * @throws Error when the time is up; what was waited for is left to itself
 */
export async function within<T>(limitMs: number, promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

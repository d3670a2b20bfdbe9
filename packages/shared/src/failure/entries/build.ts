import { entry } from '../entry.ts';

/** Failures of build-push. */
export const buildFailures = {
  'build/docker': entry({
    cause: (f: { said: string }) => `No usable Docker with buildx: ${f.said}.`,
    remedy: () => 'Run on a runner with a Docker engine and the buildx plugin.',
  }),
  'build/failed': entry({
    cause: (f: { code: string; said: string }) =>
      `docker buildx build ended with ${f.code}: ${f.said}`,
    remedy: () => 'The build output above shows the failing step.',
  }),
  'build/builder': entry({
    cause: (f: { driver: string; input: string; what: string }) =>
      `Input ${f.input} asks for more than the ${f.driver} builder can do: it cannot ${f.what}.`,
    remedy: () =>
      'Run docker/setup-buildx-action before this step, which makes a builder that can.',
  }),
} as const;

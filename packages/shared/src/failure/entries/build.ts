import { entry } from '../entry.ts';

/** Failures of build-push. */
export const buildFailures = {
  'build/docker': entry({
    cause: (f: { said: string }) => `No usable Docker with buildx: ${f.said}.`,
    remedy: () => 'Run on a runner with a Docker engine and the buildx plugin.',
  }),
  'build/failed': entry({
    cause: (f: { code: string; said: string }) => `docker buildx ended with ${f.code}: ${f.said}`,
    remedy: () =>
      'The failing step and its last output are in the log above and in the job summary.',
  }),
  'build/builder': entry({
    cause: (f: { inputs: string; name: string; said: string }) =>
      `What ${f.inputs} asks for is more than Docker's own builder can do, and the builder ${f.name} could not be made: ${f.said}.`,
    remedy: () => 'Run docker/setup-buildx-action before this step, or leave these inputs out.',
  }),
} as const;

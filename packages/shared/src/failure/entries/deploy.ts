import { entry } from '../entry.ts';

/** Failures that every deploy target shares. */
export const deployFailures = {
  'deploy/timeout': entry({
    cause: (f: { limit: string; phase: string }) =>
      `Nothing was proven within ${f.limit}; the time ran out in phase ${f.phase}.`,
    remedy: () =>
      'The job summary shows what was found. If the app only needs longer to start, raise `timeout`.',
  }),
  'deploy/migrate-timeout': entry({
    cause: (f: { limit: string }) =>
      `The migration did not end within ${f.limit}, which input migrate-timeout sets.`,
    remedy: () =>
      'Nothing was switched, but migrations are not rolled back: look at what this one has done so far. If it only needs longer, raise `migrate-timeout`.',
  }),
  'deploy/unproven': entry({
    cause: (f: { url: string; seen: string; waited: string }) =>
      `${f.url} did not give the proof within ${f.waited}: ${f.seen}.`,
    remedy: () =>
      'Compare `health-status` and `expect` with what the app really answers; its last log lines are in the job summary.',
  }),
  'deploy/exited': entry({
    cause: (f: { what: string; why: string }) => `${f.what} stopped instead of serving: ${f.why}.`,
    remedy: () => 'The last log lines usually say why the app gave up.',
  }),
  'deploy/unused': entry({
    cause: (f: { image: string; source: string }) =>
      `No container of ${f.source} runs ${f.image} once it was brought up.`,
    remedy: () => 'Name the image of the service as the variable IMAGE, `image: $IMAGE`.',
  }),
  'deploy/unhealthy': entry({
    cause: (f: { what: string; why: string }) => `${f.what} is reported unhealthy: ${f.why}.`,
    remedy: () => 'Read the output of the health check and the last log lines.',
  }),
  'deploy/marker': entry({
    cause: (f: { grafana: string; why: string }) =>
      `This deploy has no marker in Grafana at ${f.grafana}: ${f.why}.`,
    remedy: () =>
      'This changes nothing about the deploy. `grafana-url` is the address of Grafana without `/api`, and `grafana-token` the token of a service account that has the permission `annotations:create`.',
  }),
  'deploy/unexpected': entry({
    cause: (f: { phase: string; error: string }) =>
      `Phase ${f.phase} hit an error that the action does not know: ${f.error}`,
    remedy: () =>
      'This is a bug of the action. Please open an issue with this message and the log of the step.',
  }),
} as const;

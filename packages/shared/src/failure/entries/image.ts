import { entry } from '../entry.ts';

/** Failures of registries and images. */
export const imageFailures = {
  'image/not-found': entry({
    cause: (f: { image: string }) => `The registry has no image ${f.image}.`,
    remedy: () =>
      'Check the name, the tag or digest, and that the build pushed it to this registry. Some registries answer "not found" when the credentials may not read the repository.',
  }),
  'image/denied': entry({
    cause: (f: { registry: string; repository: string; said: string }) =>
      `${f.registry} refused access to ${f.repository}: ${f.said}.`,
    remedy: () =>
      'Check the credentials and that they may pull and push this repository (for ghcr.io: `packages: write`).',
  }),
  'image/rejected': entry({
    cause: (f: { registry: string; image: string; said: string }) =>
      `${f.registry} did not accept the request for ${f.image}: ${f.said}.`,
    remedy: () =>
      'If the repository has immutable tags, choose another tag; if a blob is unknown, push the image to this repository first.',
  }),
  'image/platform': entry({
    cause: (f: { image: string; wanted: string; has: string }) =>
      `${f.image} has no ${f.wanted}; it has ${f.has}.`,
    remedy: (f) => `Build it with \`platforms: ${f.wanted}\`.`,
  }),
  'image/platform-twice': entry({
    cause: (f: { image: string; platform: string; one: string; other: string }) =>
      `${f.image} has ${f.platform} twice: ${f.one} and ${f.other}.`,
    remedy: () =>
      'Build the index with each platform once: engines differ in which of two they run, so nobody can say what was looked at.',
  }),
  'image/index': entry({
    cause: (f: { image: string; wrong: string }) => `The index ${f.image} ${f.wrong}.`,
    remedy: () => 'Build it again with BuildKit or another tool that keeps to the OCI image spec.',
  }),
  'image/insecure': entry({
    cause: (f: { registry: string }) =>
      `${f.registry} would be spoken to over plain http, which is only done on loopback.`,
    remedy: () => 'Serve the registry over https.',
  }),
  'image/registry': entry({
    cause: (f: { registry: string; what: string; said: string }) =>
      `${f.registry} failed to ${f.what}: ${f.said}.`,
    remedy: () => 'Look at the status of the registry and run the job again.',
  }),
  'image/mismatch': entry({
    cause: (f: { image: string; wanted: string; got: string }) =>
      `${f.image} reads back as ${f.got}, not ${f.wanted}.`,
    remedy: () => 'Something else moved the tag at the same time, or a proxy serves old answers.',
  }),
} as const;

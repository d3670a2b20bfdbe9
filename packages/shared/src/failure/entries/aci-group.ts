import { entry } from '../entry.ts';

/** Failures of what a container group of Azure is to be, before anything is written. */
export const aciGroupFailures = {
  'aci/group': entry({
    cause: (f: { group: string; problems: string }) =>
      `Azure cannot run the container group ${f.group}: ${f.problems}`,
    remedy: () =>
      'Correct the inputs that are named; a place such as properties.containers is in the file or text of `spec`, or in what runs. Nothing was changed.',
  }),
  'aci/secrets-lost': entry({
    cause: (f: { group: string; names: string }) =>
      `The update would take secrets from the container group ${f.group} that Azure does not give back and this run does not supply: ${f.names}.`,
    remedy: () =>
      'Supply variables by `secrets`, a registry by `registry-identity` or `registry-password`, all else by `spec`. Addresses in Key Vault and managed identities survive each update. To drop a variable, give it without a value in `env`, `NAME=`. Nothing was changed.',
  }),
  'aci/container-not-found': entry({
    cause: (f: { container: string; group: string; has: string }) =>
      `Input container names ${f.container}, which the container group ${f.group} does not have; it has ${f.has}.`,
    remedy: () => 'Name one of its containers in `container`, such as `web`.',
  }),
} as const;

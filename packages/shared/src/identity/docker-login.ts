import type { RegistryAuth } from '../image/credentials.ts';
import { dockerConfigCredentials } from '../image/docker-config.ts';

/** Finds the credentials for a registry: those given to the action, else those of the job's Docker. */
export async function credentialsFor(
  registry: string,
  given: { username: string; password: string } | undefined,
  dockerFolder: string,
  say: (line: string) => void,
): Promise<RegistryAuth | undefined> {
  if (given) return given;
  const { credentials, helper, problem } = await dockerConfigCredentials(dockerFolder, registry);
  if (problem) say(`Docker's own logins are not used: ${problem}`);
  if (helper) {
    say(
      `the login for ${registry} is kept by docker-credential-${helper}, which actions do not start; give registry-username and registry-password if it is needed`,
    );
  }
  return credentials;
}

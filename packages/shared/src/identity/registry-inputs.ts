import { matching, secret, text } from '../action/input.ts';
import type { Problem } from '../action/inputs.ts';
import type { RegistryInputs } from './login-way.ts';

/** How an action reads its inputs about registries. */
export const registryInputs = {
  // In HTTP's Basic authentication the first colon ends the name (RFC 7617).
  'registry-username': matching(/^[^:]*$/, 'has a colon in it', 'octocat'),
  'registry-password': { ...secret(text), longest: 20_000 },
  'aws-role': text,
  'aws-region': text,
  'azure-client-id': text,
  'azure-tenant-id': text,
};

/** What was given for them, by the names that this room uses. */
export function givenForRegistries(
  given: Readonly<Record<keyof typeof registryInputs, string | undefined>>,
): RegistryInputs {
  return {
    username: given['registry-username'],
    password: given['registry-password'],
    awsRole: given['aws-role'],
    awsRegion: given['aws-region'],
    azureClientId: given['azure-client-id'],
    azureTenantId: given['azure-tenant-id'],
  };
}

/**
 * Tells what is wrong with them as problems of inputs.
 * @param sentences from `checkRegistryLogin` or `checkLoginForms`
 */
export function tellLoginProblems(sentences: readonly string[], problem: Problem): void {
  for (const sentence of sentences) {
    const [name = '', ...rest] = sentence.split(': ');
    const wrong = rest.join(': ').replace(/\.$/, '');
    problem(name, wrong.startsWith('missing') ? `is ${wrong}` : `is wrong: ${wrong}`);
  }
}

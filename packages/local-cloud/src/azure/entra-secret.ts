import { EntraError } from './entra-error.ts';
import type { AppSeed } from './seed.ts';

/**
 * Checks a client secret.
 * @throws EntraError
 */
export function checkSecret(secret: string, app: AppSeed, now: number): void {
  const known = app.secrets?.find(({ value }) => value === secret);
  if (!known) {
    const message = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`;
    throw new EntraError(7000215, 'invalid_client', message, 401);
  }
  if (known.expires !== undefined && known.expires <= now) {
    const message = `The provided client secret keys for app '${app.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`;
    throw new EntraError(7000222, 'invalid_client', message, 401);
  }
}

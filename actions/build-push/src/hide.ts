import { maskable } from '@slipway/shared/action/commands';
import type { Settings } from './settings.ts';

type SecretInputs = Pick<Settings, 'build-secrets' | 'registry-password'>;

/**
 * Takes the secrets of the inputs out of what others print. The runner does that with its log, but
 * not with a text that is escaped for a job summary, and a runner of another make perhaps not at all.
 */
export function hideSecrets(settings: SecretInputs): (text: string) => string {
  const given = [...(settings['build-secrets']?.values() ?? []), settings['registry-password']];
  const parts = given
    .flatMap((secret) => (secret ? maskable(secret) : []))
    .filter((part) => part.length >= 4)
    // A short one may be part of a longer one.
    .sort((a, b) => b.length - a.length);
  return (text) => parts.reduce((rest, part) => rest.replaceAll(part, '***'), text);
}

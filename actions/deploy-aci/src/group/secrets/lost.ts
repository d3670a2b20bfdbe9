import { type JsonObject, objectsIn } from '@slipway/shared/document/json-object';
import { containerIn } from '../document/parts.ts';
import { placeOf } from '../main-container.ts';
import { credentialFor, registriesOf } from '../merge/registry.ts';
import { type GroupSecret, secretsIn, variableKey } from './secrets-in.ts';

/** Secrets that a document does not have. */
export interface Lacking {
  /** What runs has them, and would lose them. For people. */
  readonly lost: readonly string[];
  /** Nothing that runs has them: the document is not complete. */
  readonly missing: readonly GroupSecret[];
}

/**
 * Finds the secrets that a container group would not have after a document was put.
 *
 * A document that an input gave may leave out what only such a document can say, as that is how somebody
 * takes it away: the difference shows it. A variable of the main container and the password of a registry
 * that is still pulled from are another matter: inputs give these too, and an input that is empty by
 * mistake looks just as one that was taken away.
 * @param live what runs, {@link writable}
 * @param given whether an input gave the document
 */
export function lackingSecrets(
  document: JsonObject,
  { live, container, given }: { live: JsonObject | undefined; container: string; given: boolean },
): Lacking {
  const running = live ? secretsIn(live) : [];
  const had = new Map(running.map((secret) => [secret.key, secret]));
  const place = live && placeOf(live, container);
  const before = (secret: GroupSecret) => {
    const moved = place !== undefined && secret.container === container;
    return had.get(moved ? variableKey(place, secret.name) : secret.key);
  };
  const unsupplied = secretsIn(document).filter(({ supplied }) => !supplied);
  const lost = unsupplied.flatMap((secret) => before(secret) ?? []);
  // An extension may have nothing to protect.
  const missing = unsupplied.filter((secret) => !before(secret) && secret.of !== 'extension');
  const left = given ? running.filter((one) => isLeftOut(one, document, { container, place })) : [];
  return { lost: [...new Set([...lost, ...left].map(({ text }) => text))], missing };
}

interface Containers {
  /** The main container of the document. */
  container: string;
  /** That of what runs. */
  place: string | undefined;
}

function isLeftOut(
  secret: GroupSecret,
  document: JsonObject,
  { container, place }: Containers,
): boolean {
  if (secret.of === 'registry') {
    return registriesOf(document).has(secret.name) && !credentialFor(document, secret.name);
  }
  if (secret.of !== 'variable' || secret.container !== place) return false;
  const variables = objectsIn(containerIn(document, container) ?? {}, 'environmentVariables');
  return !variables.some((variable) => variable['name'] === secret.name);
}

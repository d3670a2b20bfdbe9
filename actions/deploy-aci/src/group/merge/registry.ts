import { type JsonObject, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { registryHost } from '@slipway/shared/identity/registry-host';
import { InvalidReference, parseReference } from '@slipway/shared/image/reference';
import { eachIn, within, without } from '../document/edit.ts';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { withIdentity } from './identity.ts';

/** With what the group pulls its images. */
export interface Pull {
  /** Registry as Azure names it, {@link serverOf}. */
  readonly server: string;
  readonly identity: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The identities that an input gives the group. */
  readonly identities: readonly string[];
}

/** A registry as Azure names it in credentials: Docker Hub has a host of its own there. */
export function serverOf(registry: string): string {
  const server = registry.toLowerCase();
  return server === 'docker.io' ? 'index.docker.io' : server;
}

/** Whether two names are the same registry. */
export function sameServer(one: string, other: string): boolean {
  return serverOf(one) === serverOf(other);
}

/** The credential of a group for a registry. */
export function credentialFor(group: JsonObject, server: string): JsonObject | undefined {
  return objectsIn(propertiesOf(group), 'imageRegistryCredentials').find((one) =>
    sameServer(textIn(one, 'server') ?? '', server),
  );
}

/** Whether a credential has lost its password: Azure never gives one back. */
export function lacksPassword(credential: JsonObject): boolean {
  return ['identity', 'password', 'passwordReference'].every(
    (field) => textIn(credential, field) === undefined,
  );
}

/**
 * A group that pulls as the inputs say. Where they name identities and no other way, a registry of Azure
 * is pulled from by the only one of these, unless the group has credentials for it that still work.
 * Nothing changes the way of a group by itself: its identity may have no right to pull.
 */
export function withPull(group: JsonObject, pull: Pull): JsonObject {
  const { server, username, password } = pull;
  if (username !== undefined && password !== undefined) {
    return withCredential(group, server, { username, password });
  }
  const identity = pull.identity ?? defaultIdentity(group, pull);
  if (identity === undefined) return group;
  return withCredential(withIdentity(group, identity), server, { identity });
}

function defaultIdentity(group: JsonObject, pull: Pull): string | undefined {
  if (registryHost(pull.server).provider !== 'acr') return undefined;
  const users = pull.identities.filter((one) => one !== 'system');
  const credential = credentialFor(group, pull.server);
  if (users.length !== 1 || (credential && !lacksPassword(credential))) return undefined;
  return users[0];
}

const ways = ['username', 'password', 'passwordReference', 'identity', 'identityUrl'];

function withCredential(group: JsonObject, server: string, way: JsonObject): JsonObject {
  if (!credentialFor(group, server)) {
    return within(group, 'properties', (properties) => ({
      ...properties,
      imageRegistryCredentials: [
        ...objectsIn(properties, 'imageRegistryCredentials'),
        { server, ...way },
      ],
    }));
  }
  return within(group, 'properties', (properties) =>
    eachIn(properties, 'imageRegistryCredentials', (one) => {
      const same = sameServer(textIn(one, 'server') ?? '', server);
      return same ? { ...without(one, ways), ...way } : one;
    }),
  );
}

/** A group without credentials that have no password and that none of its images needs. */
export function withoutUnneeded(group: JsonObject): JsonObject {
  const needed = registriesOf(group);
  const kept = within(group, 'properties', (properties) =>
    eachIn(properties, 'imageRegistryCredentials', (one) =>
      lacksPassword(one) && !needed.has(serverOf(textIn(one, 'server') ?? '')) ? undefined : one,
    ),
  );
  return kept;
}

/** The registries that the images of a group come from, as Azure names them. */
export function registriesOf(group: JsonObject): ReadonlySet<string> {
  const images = (['containers', 'initContainers'] as const).flatMap((list) =>
    containersOf(group, list).flatMap((one) => textIn(one.properties, 'image') ?? []),
  );
  return new Set(images.flatMap((image) => registryOf(image) ?? []));
}

function registryOf(image: string): string | undefined {
  try {
    return serverOf(parseReference(image).registry);
  } catch (error) {
    if (error instanceof InvalidReference) return undefined;
    throw error;
  }
}

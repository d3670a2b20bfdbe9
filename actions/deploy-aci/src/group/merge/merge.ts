import type { JsonObject } from '@slipway/shared/document/json-object';
import { within } from '../document/edit.ts';
import { withContainer } from '../document/parts.ts';
import type { GroupSettings } from '../group-settings.ts';
import { isVaultAddress } from '../secret-values.ts';
import { withLabel, withPorts } from './address.ts';
import { withVariables } from './environment.ts';
import { onlyIdentity, withIdentities, withIdentity } from './identity.ts';
import { serverOf, withoutUnneeded, withPull } from './registry.ts';
import { withRequests, withSize } from './resources.ts';

/** What a container group is made of. */
export interface Changes {
  readonly settings: GroupSettings;
  /** The container that the inputs are for. */
  readonly container: string;
  /** Its image, by digest; undefined where it stays. */
  readonly image: string | undefined;
  /** Host of the registry that it comes from. */
  readonly registry: string | undefined;
  /** Where the group is to be, when neither it nor the inputs say so. */
  readonly location: string;
}

/**
 * A container group with what the inputs name in it. Nothing else is touched, not even the order; what
 * has not the form of a container group stays for the check to find.
 */
export function merge(group: JsonObject, changes: Changes): JsonObject {
  const { settings, container, image } = changes;
  const { env = new Map(), secrets = new Map(), command, cpu, memory, ports } = settings;
  const steps: ReadonlyArray<(of: JsonObject) => JsonObject> = [
    (of) => ({ ...of, location: settings.location ?? of['location'] ?? changes.location }),
    (of) => (settings.identity ? withIdentities(of, settings.identity) : of),
    (of) => (usesVault(settings) ? withReader(of, settings['key-vault-identity']) : of),
    (of) => pulling(of, changes),
    (of) => withProperties(of, container, { ...(image && { image }), ...(command && { command }) }),
    withoutUnneeded,
    (of) => withSize(of, { container, cpu, memory }),
    withRequests,
    (of) =>
      withVariables(of, { container, env, secrets, vaultIdentity: vaultIdentity(of, settings) }),
    (of) => (ports ? withPorts(of, container, ports) : of),
    (of) => (settings['dns-label'] ? withLabel(of, settings['dns-label']) : of),
    (of) => withPolicy(of, settings['restart-policy']),
  ];
  return steps.reduce((document, step) => step(document), group);
}

/** Who reads secrets from Key Vault: who the input names, or the only identity of the group. */
export function vaultIdentity(group: JsonObject, settings: GroupSettings): string | undefined {
  return settings['key-vault-identity'] ?? onlyIdentity(group);
}

/** Whether an input has secrets that are in Key Vault. */
export function usesVault({ secrets }: GroupSettings): boolean {
  return [...(secrets?.values() ?? [])].some(isVaultAddress);
}

function withReader(group: JsonObject, id: string | undefined): JsonObject {
  return id === undefined ? group : withIdentity(group, id);
}

function pulling(group: JsonObject, { settings, registry }: Changes): JsonObject {
  const server = settings['registry-server'] ?? registry;
  if (server === undefined) return group;
  return withPull(group, {
    server: serverOf(server),
    identity: settings['registry-identity'],
    username: settings['registry-username'],
    password: settings['registry-password'],
    identities: settings.identity ?? [],
  });
}

function withProperties(group: JsonObject, container: string, fields: JsonObject): JsonObject {
  if (Object.keys(fields).length === 0) return group;
  return withContainer(group, container, (properties) => ({ ...properties, ...fields }));
}

function withPolicy(group: JsonObject, restartPolicy: string | undefined): JsonObject {
  if (restartPolicy === undefined) return group;
  return within(group, 'properties', (properties) => ({ ...properties, restartPolicy }));
}

import type { JsonObject } from '@slipway/shared/document/json-object';
import type { GroupSettings } from '../group-settings.ts';
import { onlyIdentity } from '../merge/identity.ts';
import { usesVault } from '../merge/merge.ts';
import { credentialFor } from '../merge/registry.ts';
import { atContainer, type Wrong } from './wrong.ts';

/** Which input has set which place of a container group, so that an error names what somebody wrote. */
export function placesOf(settings: GroupSettings, container: string): ReadonlyMap<string, string> {
  const of = atContainer(container);
  const address = 'properties.ipAddress';
  const all: ReadonlyArray<readonly [string, keyof GroupSettings]> = [
    [`${of}.image`, 'image'],
    [`${of}.command`, 'command'],
    [`${of}.resources.requests.cpu`, 'cpu'],
    [`${of}.resources.requests.memoryInGB`, 'memory'],
    [`${of}.ports`, 'ports'],
    [`${address}.ports`, 'ports'],
    [`${address}.dnsNameLabel`, 'dns-label'],
    ['properties.restartPolicy', 'restart-policy'],
    ['location', 'location'],
  ];
  const places = new Map<string, string>(all.filter(([, input]) => settings[input] !== undefined));
  for (const input of ['env', 'secrets'] as const) {
    for (const name of settings[input]?.keys() ?? []) {
      places.set(`${of}.environmentVariables[${name}]`, input);
    }
  }
  return places;
}

const identityExample =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop';

/** Finds inputs that say too little for the container group that they are for. */
export function checkInputs(group: JsonObject, settings: GroupSettings): readonly Wrong[] {
  const problems: Wrong[] = [];
  if (usesVault(settings) && !settings['key-vault-identity'] && !onlyIdentity(group)) {
    const wrong =
      'Input key-vault-identity is required, as secrets has addresses in Key Vault and the container group has not exactly one user-assigned identity';
    problems.push({ wrong, valid: identityExample });
  }
  const server = settings['registry-server'];
  if (server !== undefined && !credentialFor(group, server)) {
    const wrong =
      'Input registry-server needs registry-identity, or registry-username with registry-password';
    problems.push({ wrong, valid: identityExample });
  }
  return problems;
}

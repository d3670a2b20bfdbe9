import { commandInput } from '@slipway/shared/action/command-input';
import {
  BadInput,
  boolean,
  choice,
  duration,
  type Input,
  lines,
  matching,
  secret,
  text,
} from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import type { Run } from '@slipway/shared/action/run';
import type { FileInputs } from '@slipway/shared/action/settings-file';
import { checkDeployInputs, deployInputs, imageExample } from '@slipway/shared/deploy/inputs';
import { documentInput } from '@slipway/shared/document/document-input';
import type { Environment } from '@slipway/shared/exec/environment';
import { registryInputs } from '@slipway/shared/identity/registry-inputs';
import { type GroupPort, groupPort } from './group/group-port.ts';
import { secretValues } from './group/secret-values.ts';
import type { manifest } from './manifest.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** An example of a file with a container group, for the errors of inputs. */
export const specExample = 'deploy/container-group.yml';

/** Reads and checks all inputs; loads nothing heavy. */
export function readSettings(run: Run<typeof manifest>, file?: FileInputs | BadInput) {
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  return run.inputs(
    {
      ...deployInputs,
      'resource-group': matching(resourceGroupForm, 'is not the name of a resource group', 'shop'),
      name: matching(/^(?!.*--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, groupNameWrong, 'shop'),
      location: matching(/^[a-z][a-z0-9]{2,40}$/, 'is not the short name of a region', 'eastus'),
      container: matching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, containerWrong, 'web'),
      spec: documentInput(workspace, specExample),
      secrets: secretValues,
      command: commandInput,
      cpu: amount(0.01, 31, '0.5'),
      memory: amount(0.1, 240, '1.5'),
      ports: lines(groupPort),
      'dns-label': dnsLabel,
      'restart-policy': choice('Always', 'OnFailure', 'Never'),
      identity: lines(groupIdentity),
      'key-vault-identity': identityId,
      'registry-server': matching(
        /^[a-z0-9][a-z0-9.-]*(?::\d+)?$/i,
        'is not a host',
        'shop.azurecr.io',
      ),
      'registry-identity': identityId,
      'registry-username': registryInputs['registry-username'],
      'registry-password': registryInputs['registry-password'],
      strategy: choice('in-place', 'rehearse', 'recreate'),
      'allow-recreate': boolean,
      'candidate-dns-label': dnsLabel,
      'run-before': commandInput,
      'run-before-timeout': duration('1s', '6h'),
      'lock-timeout': duration('0s', '6h'),
      'azure-client-id': guid,
      'azure-tenant-id': matching(/^[\w.-]{1,253}$/, 'is not the id of a directory', guidExample),
      'azure-subscription-id': guid,
      'azure-client-secret': secret(text),
      'azure-environment': choice('public', 'china', 'government'),
    },
    (values, problem) => {
      checkDeployInputs(values, problem);
      if (!values.image && !values.spec) {
        problem('image', 'is required where spec does not say what to deploy', imageExample);
      }
      checkPorts(values.ports ?? [], problem);
      checkTogether(values, problem);
      checkIdentity(values, run.env, problem);
    },
    file,
  );
}

// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
const resourceGroupForm = /^[\w.()-]{0,89}[\w()-]$/;
const groupNameWrong =
  'is not the name of a container group (1 to 63 lowercase letters, digits and single hyphens)';
const containerWrong =
  'is not the name of a container (1 to 63 lowercase letters, digits and hyphens)';
const guidExample = '11111111-2222-3333-4444-555555555555';
const guid = matching(
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'is not an id of Azure',
  guidExample,
);
const dnsLabel = matching(
  /^[a-z](?!.*--)[a-z0-9-]{3,61}[a-z0-9]$/,
  'is not a DNS label (5 to 63 lowercase letters, digits and hyphens, a letter first)',
  'shop-web',
);
const identityIdExample =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/shop/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop';
const identityIdForm =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w.()-]{1,90}\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[\w-]{3,128}$/i;
const identityId = matching(
  identityIdForm,
  'is not the resource id of a user-assigned identity',
  identityIdExample,
);

const groupIdentity: Input<string> = {
  example: identityIdExample,
  parse(value) {
    if (value === 'system' || identityIdForm.test(value)) return value;
    const wrong = 'is neither system nor the resource id of a user-assigned identity';
    throw new BadInput(wrong, identityIdExample);
  },
};

/** A decimal number between two bounds, both included. */
function amount(least: number, most: number, example: string): Input<number> {
  return {
    example,
    parse(value) {
      const number = /^\d{1,3}(?:\.\d{1,2})?$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least && number <= most) return number;
      throw new BadInput(`is not a number from ${least} to ${most}`, example);
    },
  };
}

// https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits
const mostPorts = 5;

function checkPorts(ports: readonly GroupPort[], problem: Problem): void {
  if (ports.length > mostPorts) {
    problem('ports', `has ${ports.length} ports, and an address has at most ${mostPorts}`, '3000');
  }
  const names = ports.map(({ port, protocol }) => `${port}/${protocol}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) problem('ports', `has ${twice} twice`, '3000');
}

interface Together {
  strategy: 'in-place' | 'rehearse' | 'recreate';
  'candidate-dns-label'?: string | undefined;
  'dns-label'?: string | undefined;
  'registry-username'?: string | undefined;
  'registry-password'?: string | undefined;
  'registry-identity'?: string | undefined;
}

function checkTogether(values: Together, problem: Problem): void {
  if (values['candidate-dns-label'] !== undefined && values.strategy !== 'rehearse') {
    problem('candidate-dns-label', 'needs strategy rehearse');
  }
  if (values['dns-label'] !== undefined && values['candidate-dns-label'] === values['dns-label']) {
    problem('candidate-dns-label', 'is dns-label, which the serving group keeps', 'shop-next');
  }
  if ((values['registry-username'] === undefined) !== (values['registry-password'] === undefined)) {
    problem('registry-username', 'and registry-password go together', 'octocat');
  }
  if (values['registry-username'] !== undefined && values['registry-identity'] !== undefined) {
    problem('registry-identity', 'and registry-username exclude each other');
  }
}

interface AsWhom {
  'azure-client-id'?: string | undefined;
  'azure-tenant-id'?: string | undefined;
  'azure-client-secret'?: string | undefined;
}

function checkIdentity(values: AsWhom, env: Environment, problem: Problem): void {
  const {
    'azure-client-id': client,
    'azure-client-secret': secretOf,
    'azure-tenant-id': tenant,
  } = values;
  // A managed identity of the runner has no directory to name. A job that may ask for an OIDC token has
  // forgotten it: it must not become somebody else without a word.
  const managed = secretOf === undefined && !env['ACTIONS_ID_TOKEN_REQUEST_URL'];
  if (client !== undefined && tenant === undefined && !managed) {
    problem('azure-tenant-id', 'is required beside azure-client-id', guidExample);
  }
  if (client === undefined && tenant !== undefined) {
    problem('azure-client-id', 'is required beside azure-tenant-id', guidExample);
  }
  if (secretOf !== undefined && client === undefined) {
    problem('azure-client-secret', 'needs azure-client-id');
  }
}

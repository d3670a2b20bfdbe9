import { type LoginWay, loginWay, type RegistryInputs } from './login-way.ts';
import { registryHost } from './registry-host.ts';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const domain = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;

const exampleRole = 'arn:aws:iam::123456789012:role/deploy';
const exampleGuid = '11111111-2222-3333-4444-555555555555';

/** What a value has to look like: one of some forms. */
interface FormOfInput {
  forms: readonly RegExp[];
  what: string;
  example: string;
}

const roleArn: FormOfInput = {
  forms: [/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/],
  what: 'the ARN of an IAM role',
  example: exampleRole,
};
const awsRegion: FormOfInput = {
  forms: [/^[a-z]{2,4}(?:-[a-z]+)+-\d$/],
  what: 'an AWS region',
  example: 'eu-central-1',
};
const clientId: FormOfInput = {
  forms: [guid],
  what: 'a client id (a GUID)',
  example: exampleGuid,
};
const tenantId: FormOfInput = {
  forms: [guid, domain],
  what: 'a tenant id or domain',
  example: exampleGuid,
};

/**
 * Finds everything that is wrong with the inputs about registries, before any network.
 * @param registries hosts of the image references, each once
 * @returns one sentence a problem, naming the inputs; empty when all is well
 */
export function checkRegistryLogin(
  inputs: RegistryInputs,
  registries: readonly string[],
): string[] {
  return [...checkLoginForms(inputs), ...checkUses(inputs, registries)];
}

/** The same for who asks one registry only, and gets logins for others handed through. */
export function checkLoginForms(inputs: RegistryInputs): string[] {
  return [...checkHalves(inputs), ...checkForms(inputs)];
}

function checkHalves(i: RegistryInputs): string[] {
  const problems: string[] = [];
  const needs = (given: string, missing: string, example: string) =>
    problems.push(`${missing}: missing, but ${given} is given. Example: ${example}`);
  if (i.username && !i.password) {
    needs('registry-username', 'registry-password', `\${{ secrets.REGISTRY_PASSWORD }}`);
  }
  if (i.password && !i.username) needs('registry-password', 'registry-username', 'octocat');
  if (i.awsRegion && !i.awsRole) needs('aws-region', 'aws-role', exampleRole);
  if (i.azureClientId && !i.azureTenantId) needs('azure-client-id', 'azure-tenant-id', exampleGuid);
  if (i.azureTenantId && !i.azureClientId) needs('azure-tenant-id', 'azure-client-id', exampleGuid);
  return problems;
}

function checkForms(i: RegistryInputs): string[] {
  const problems: string[] = [];
  const is = (name: string, value: string | undefined, { forms, what, example }: FormOfInput) => {
    if (value && !forms.some((form) => form.test(value))) {
      problems.push(`${name}: ${JSON.stringify(value)} is not ${what}. Example: ${example}`);
    }
  };
  is('aws-role', i.awsRole, roleArn);
  is('aws-region', i.awsRegion, awsRegion);
  is('azure-client-id', i.azureClientId, clientId);
  is('azure-tenant-id', i.azureTenantId, tenantId);
  return problems;
}

// Credentials that no registry would get are a mistake, and so is a password that would go to
// two different registries.
function checkUses(i: RegistryInputs, registries: readonly string[]): string[] {
  const problems: string[] = [];
  const named = registries.join(', ');
  const going = (way: LoginWay) => registries.filter((host) => loginWay(host, i) === way);
  if (i.awsRole && going('aws').length === 0) {
    problems.push(`aws-role: none of the images is in Amazon ECR (${named}). Leave it out.`);
  }
  if (i.azureClientId && going('azure').length === 0) {
    problems.push(
      `azure-client-id: none of the images is in Azure Container Registry (${named}). Leave it out.`,
    );
  }
  if (i.username && i.password) {
    const receivers = going('password');
    if (receivers.length === 0) {
      problems.push(
        `registry-username, registry-password: no registry is left for them, ${named} uses aws-role or azure-client-id. Leave one of the two ways out.`,
      );
    }
    if (receivers.length > 1) {
      problems.push(
        `registry-username, registry-password: they would be sent to ${receivers.join(' and ')}. Push to one of them, or run docker/login-action before instead.`,
      );
    }
  }
  for (const host of registries) {
    const own = registryHost(host);
    if (own.provider === 'ecr' && i.awsRegion && own.region !== i.awsRegion) {
      problems.push(`aws-region: ${i.awsRegion} contradicts ${host}. Leave it out.`);
    }
    if (own.provider === 'loopback' && loginWay(host, i) === 'aws' && !i.awsRegion) {
      problems.push(`aws-region: missing, and ${host} does not tell it. Example: eu-central-1`);
    }
  }
  return problems;
}

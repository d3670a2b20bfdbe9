import { describe, expect, test } from '@jest/globals';
import { checkRegistryLogin } from '../../src/identity/check-login.ts';
import { loginWay, type RegistryInputs } from '../../src/identity/login-way.ts';

const ecr = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const acr = 'shop.azurecr.io';
const awsRole = 'arn:aws:iam::123456789012:role/deploy';
const azure = {
  azureClientId: '11111111-2222-3333-4444-555555555555',
  azureTenantId: '99999999-8888-7777-6666-555555555555',
};
const password = { username: 'octocat', password: 'hunter2hunter2' };

describe('good inputs', () => {
  test.each<[string, RegistryInputs, string[]]>([
    ['nothing at all', {}, ['ghcr.io', 'docker.io']],
    ['empty texts', { username: '', password: '', awsRole: '' }, ['ghcr.io']],
    ['user name and password', password, ['ghcr.io']],
    ['ECR by role', { awsRole }, [ecr]],
    ['ECR by role and its own region', { awsRole, awsRegion: 'eu-central-1' }, [ecr]],
    ['public ECR by role', { awsRole, awsRegion: 'eu-central-1' }, ['public.ecr.aws']],
    ['a role with a path', { awsRole: 'arn:aws-cn:iam::123456789012:role/ci/x' }, [ecr]],
    ['ACR', azure, [acr]],
    ['ACR, tenant by domain', { ...azure, azureTenantId: 'shop.onmicrosoft.com' }, [acr]],
    ['all three', { ...azure, ...password, awsRole }, [acr, ecr, 'ghcr.io']],
    ['ECR by user name and password', password, [ecr]],
    ['loopback as ECR', { awsRole, awsRegion: 'eu-central-1' }, ['localhost:5000']],
  ])('%s', (_, inputs, registries) => {
    expect(checkRegistryLogin(inputs, registries)).toEqual([]);
  });
});

describe('problems', () => {
  test.each<[RegistryInputs, string[], string]>([
    [{ username: 'octocat' }, ['ghcr.io'], 'registry-password: missing'],
    [{ password: 'hunter2hunter2' }, ['ghcr.io'], 'registry-username: missing'],
    [{ awsRegion: 'eu-central-1' }, [ecr], 'aws-role: missing'],
    [{ azureClientId: azure.azureClientId }, [acr], 'azure-tenant-id: missing'],
    [{ azureTenantId: azure.azureTenantId }, [acr], 'azure-client-id: missing'],
    [{ awsRole: 'deploy' }, [ecr], 'aws-role: "deploy" is not'],
    [{ awsRole: `${awsRole}\nx` }, [ecr], 'aws-role: "arn:aws:iam::123456789012:role/deploy\\nx"'],
    [{ awsRole: 'arn:aws:iam::123456789012:user/me' }, [ecr], 'aws-role:'],
    [{ awsRole, awsRegion: 'Frankfurt' }, ['public.ecr.aws'], 'aws-region: "Frankfurt" is not'],
    [{ awsRole, awsRegion: 'us-east-1' }, [ecr], 'aws-region: us-east-1 contradicts'],
    [{ awsRole }, ['localhost:5000'], 'aws-region: missing, and localhost:5000'],
    [{ awsRole }, ['ghcr.io'], 'aws-role: none of the images is in Amazon ECR (ghcr.io)'],
    [{ ...azure, azureClientId: 'shop' }, [acr], 'azure-client-id: "shop" is not'],
    [{ ...azure, azureTenantId: 'a/b' }, [acr], 'azure-tenant-id: "a/b" is not'],
    [azure, ['ghcr.io'], 'azure-client-id: none of the images'],
    [{ ...password, awsRole }, [ecr], 'registry-username, registry-password: no registry is left'],
    [password, ['ghcr.io', 'docker.io'], 'would be sent to ghcr.io and docker.io'],
  ])('%j for %j', (inputs, registries, expected) => {
    const problems = checkRegistryLogin(inputs, registries);
    expect(problems).toEqual([expect.stringContaining(expected)]);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('all of them at once', () => {
    const inputs = { username: 'octocat', awsRegion: 'x', azureClientId: 'y' };
    expect(checkRegistryLogin(inputs, ['ghcr.io'])).toHaveLength(6);
  });
});

test.each<[string, RegistryInputs, string]>([
  [ecr, { awsRole, ...password }, 'aws'],
  [ecr, { ...azure, ...password }, 'password'],
  [acr, { awsRole, ...azure, ...password }, 'azure'],
  [acr, { awsRole }, 'none'],
  ['ghcr.io', { awsRole, ...azure }, 'none'],
  ['ghcr.io', { awsRole, ...azure, ...password }, 'password'],
  ['localhost:5000', azure, 'azure'],
  ['localhost:5000', password, 'password'],
])('%s with %j is logged in to by %s', (host, inputs, way) => {
  expect(loginWay(host, inputs)).toBe(way);
});

import { expect, test } from '@jest/globals';
import { isLoopback, registryHost } from '../../src/identity/registry-host.ts';

const account = '123456789012';
const ecr = (region: string) => ({ provider: 'ecr', account, region });

test.each([
  ['123456789012.dkr.ecr.us-east-1.amazonaws.com', ecr('us-east-1')],
  ['123456789012.dkr.ecr.EU-Central-1.amazonaws.com', ecr('eu-central-1')],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', ecr('cn-north-1')],
  ['123456789012.dkr.ecr.us-gov-west-1.amazonaws.com', ecr('us-gov-west-1')],
  ['123456789012.dkr.ecr-fips.us-gov-east-1.amazonaws.com', ecr('us-gov-east-1')],
  ['123456789012.dkr.ecr.eusc-de-east-1.amazonaws.eu', ecr('eusc-de-east-1')],
  ['123456789012.dkr-ecr.eu-west-1.on.aws', ecr('eu-west-1')],
  ['123456789012.dkr-ecr-fips.us-west-2.on.aws', ecr('us-west-2')],
  ['123456789012.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', ecr('cn-north-1')],
  ['public.ecr.aws', { provider: 'ecr-public' }],
  ['ecr-public.aws.com', { provider: 'ecr-public' }],
  ['shop.azurecr.io', { provider: 'acr', cloud: 'public' }],
  ['shop-a1b2c3.azurecr.io', { provider: 'acr', cloud: 'public' }],
  ['shop.westeurope.geo.azurecr.io', { provider: 'acr', cloud: 'public' }],
  ['shop.azurecr.cn', { provider: 'acr', cloud: 'china' }],
  ['shop.azurecr.us', { provider: 'acr', cloud: 'government' }],
  ['localhost:5000', { provider: 'loopback' }],
  ['127.0.0.1:34567', { provider: 'loopback' }],
  ['[::1]:5000', { provider: 'loopback' }],
  ['ghcr.io', { provider: 'other' }],
  ['docker.io', { provider: 'other' }],
  ['registry.example.com:5000', { provider: 'other' }],
])('%s', (host, expected) => {
  expect(registryHost(host)).toEqual(expected);
});

// A host that only looks like a provider's must not get that provider's credentials.
test.each([
  '12345678901.dkr.ecr.us-east-1.amazonaws.com',
  '1234567890123.dkr.ecr.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com.evil.example',
  'x123456789012.dkr.ecr.us-east-1.amazonaws.com',
  '123456789012.dkr.ecr.us-east-1.evil.amazonaws.com',
  '123456789012.dkr.ecr.us-east-1xamazonaws.com',
  'public.ecr.aws.example.com',
  'azurecr.io',
  'shop.azurecr.io.example.com',
  'shop.azurecr.io:5000',
  'shop.westeurope.data.azurecr.io',
  'evil/shop.azurecr.io',
  'localhost.example.com',
  '127.0.0.1.example.com',
  '10.0.0.1:5000',
])('%s is nobody in particular', (host) => {
  expect(registryHost(host)).toEqual({ provider: 'other' });
  expect(isLoopback(host)).toBe(false);
});

import { expect, test } from '@jest/globals';
import { candidateDocument, candidateName } from '../../src/rollout/candidate.ts';

const group = { resourceGroup: 'shop-production', name: 'shop' };

test.each([
  ['shop', 'shop-next'],
  ['a', 'a-next'],
  ['a'.repeat(63), `${'a'.repeat(58)}-next`],
  [`${'a'.repeat(57)}-bcdef`, `${'a'.repeat(57)}-next`],
])('the candidate of %s is %s', (name, candidate) => {
  expect(candidateName({ ...group, name })).toEqual({ ...group, name: candidate });
  expect(candidate.length).toBeLessThanOrEqual(63);
});

test.each([
  ['the label of the group, with -next', undefined, 'shop-web', 'shop-web-next'],
  ['the label that is given', 'shop-try', 'shop-web', 'shop-try'],
])('has a public name of its own: %s', (_, given, own, label) => {
  const properties = {
    containers: [],
    ipAddress: { type: 'Public', dnsNameLabel: own, ports: [] },
  };
  expect(candidateDocument({ location: 'eastus', properties }, group, given)).toEqual({
    location: 'eastus',
    properties: { ...properties, ipAddress: { ...properties.ipAddress, dnsNameLabel: label } },
    tags: { 'slipway-candidate-of': 'shop' },
  });
});

test.each([
  ['without an address', { containers: [] }],
  ['without a public name', { containers: [], ipAddress: { type: 'Private', ports: [] } }],
])('is as it is %s, whatever label is given', (_, properties) => {
  const document = { tags: { team: 'web' }, properties };
  expect(candidateDocument(document, group, 'shop-try')).toEqual({
    properties,
    tags: { team: 'web', 'slipway-candidate-of': 'shop' },
  });
});

import { expect, it } from '@jest/globals';
import type { JsonObject } from '@slipway/shared/document/json-object';
import type { Usage } from '../../src/api/aci-api.ts';
import { checkQuota } from '../../src/group/quota.ts';
import { shop, shopWith } from './world.ts';

const usage = (name: string, used: number, limit: number): Usage => ({ name, used, limit });
const cores = (cpu: number, more: JsonObject = {}) =>
  shopWith({ resources: { requests: { cpu, memoryInGB: 1 } } }, more);

it.each<[string, Usage[], JsonObject, JsonObject | undefined]>([
  [
    'there is room',
    [usage('ContainerGroups', 99, 100), usage('StandardCores', 9, 10)],
    shop,
    undefined,
  ],
  [
    'the old group makes room',
    [usage('ContainerGroups', 100, 100), usage('StandardCores', 10, 10)],
    shop,
    shop,
  ],
  ['nothing is told', [], cores(31), undefined],
  ['a fraction may count for nothing', [usage('StandardCores', 10, 10)], cores(0.5), undefined],
  ['another quota is used up', [usage('StandardV100Cores', 1, 1)], shop, undefined],
  ['spot has its own', [usage('StandardCores', 10, 10)], cores(2, { priority: 'Spot' }), undefined],
])('a quota is enough where %s', (_, usages, document, instead) => {
  expect(() => checkQuota(usages, { document, instead })).not.toThrow();
});

it.each<[string, Usage[], JsonObject, JsonObject | undefined, string]>([
  [
    'of groups',
    [usage('ContainerGroups', 100, 100)],
    shop,
    undefined,
    'A quota of the subscription does not allow the container group: the limit of ContainerGroups in eastus is 100, of which 100 are used, and it needs 1 more.',
  ],
  ['of cores', [usage('StandardCores', 8, 10)], cores(4), undefined, 'it needs 4 more'],
  [
    'of none at all',
    [usage('StandardCores', 0, 0)],
    cores(1),
    undefined,
    'is 0, of which 0 are used',
  ],
  ['of a bigger group', [usage('StandardCores', 10, 10)], cores(4), cores(2), 'it needs 2 more'],
])('a quota is not enough: %s', (_, usages, document, instead, message) => {
  expect(() => checkQuota(usages, { document, instead })).toThrow(message);
});

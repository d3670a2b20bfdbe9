import { expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@slipway/shared/document/json-object';
import fc from 'fast-check';
import { serviceModel } from '../../../../packages/local-cloud/src/aws/model/service-model.ts';
import { valuesOf } from '../../../../packages/local-cloud/test/aws/model/shapes.ts';
import { merge } from '../../src/task-definition/merge.ts';
import { registrable } from '../../src/task-definition/registrable.ts';

const model = serviceModel('ecs');
const changes = {
  container: 'web',
  images: new Map([['web', 'shop@sha256:1']]),
  env: new Map<string, string>(),
  secrets: new Map<string, string>(),
};

it.each([
  [
    'an empty value of a variable',
    { containerDefinitions: [{ name: 'web', environment: [{ name: 'EMPTY', value: '' }] }] },
  ],
  [
    'an empty value of a proxy',
    {
      proxyConfiguration: {
        type: 'APPMESH',
        containerName: 'envoy',
        properties: [{ name: 'IgnoredUID', value: '' }],
      },
    },
  ],
  ['an empty list and an empty object', { volumes: [], runtimePlatform: {}, placement: [] }],
])('%s survives', (_, document) => {
  expect(registrable(document)).toEqual(document);
});

it('a field that is null is none, at any depth', () => {
  const web = { name: 'web', command: null, healthCheck: { retries: null } };
  expect(registrable({ memory: null, containerDefinitions: [web] })).toEqual({
    containerDefinitions: [{ name: 'web', healthCheck: {} }],
  });
});

it('a task definition with any fields of the newest API, and one that it never heard of, survives', () => {
  const documents = valuesOf(model, { shape: 'RegisterTaskDefinitionRequest' }).map(
    (value): JsonObject => JSON.parse(JSON.stringify(value)),
  );
  // ECS takes no null: a field that has it is left out.
  const values = fc
    .jsonValue()
    .map((value): Json => JSON.parse(JSON.stringify(value).replaceAll('null', '0')));
  fc.assert(
    fc.property(documents, values, (made, invented) => {
      const { tags: _, ...fields } = made;
      const web = { name: 'web', image: 'shop:1', ofTomorrow: { invented, list: [1, 'two', {}] } };
      const document: JsonObject = {
        ...fields,
        containerDefinitions: [web],
        ofTomorrow: [{ deep: [true, 'text', 1.5] }],
      };
      expect(merge(registrable(document), changes)).toEqual({
        ...document,
        containerDefinitions: [{ ...web, image: 'shop@sha256:1' }],
      });
    }),
    { numRuns: 200 },
  );
});

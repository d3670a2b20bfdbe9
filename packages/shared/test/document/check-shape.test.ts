import { expect, it } from '@jest/globals';
import { checkShape, type Shape } from '../../src/document/check-shape.ts';
import type { JsonObject } from '../../src/document/json-object.ts';
import { gatherProblems } from '../../src/document/problems.ts';

const shape: Shape = {
  fields: {
    name: 'text',
    on: 'boolean',
    ports: { list: { fields: { name: 'text', port: 'number' }, needs: ['port'] } },
  },
  needs: ['name'],
};

it.each<[JsonObject, string[]]>([
  [{ name: 'a', unknown: 1 }, []],
  [{ name: 'a', ports: [{ port: JSON.rawJSON('1.0') }] }, []],
  [{}, ['name is missing']],
  [
    { name: 1, on: 'yes' },
    ['name is a number instead of a text', 'on is a text instead of true or false'],
  ],
  [{ name: 'a', ports: {} }, ['ports is an object instead of a list']],
  [{ name: 'a', ports: ['80'] }, ['ports[0] is a text instead of an object']],
  [
    { name: 'a', ports: [{}, { name: 'web', port: '80' }] },
    ['ports[0].port is missing', 'ports[web].port is a text instead of a number'],
  ],
])('the form of %j', (document, expected) => {
  const problems = gatherProblems();
  checkShape(document, shape, problems.add);
  expect(problems.text()).toBe(expected.map((one) => `\n- ${one}.`).join(''));
});

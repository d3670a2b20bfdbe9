import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkTaskDefinition } from '../../../actions/deploy-ecs/src/task-definition/check/check.ts';
import { parseDocument } from '../../../packages/shared/src/document/parse-document.ts';
import { limit, outputOf, terraformTest, testFiles } from '../../terraform-test.ts';

const module = 'infra/aws';
const files = testFiles(module);
const defaults = 'tests/defaults.tftest.hcl';

test.each(files.filter((file) => file !== defaults))(
  'infra/aws: %s',
  async (file) => {
    expect(await terraformTest(module, file)).toMatch(/^Success! \d+ passed/m);
  },
  limit,
);

test(
  `infra/aws: ${defaults}, whose task definition deploy-ecs takes as it is`,
  async () => {
    const said = await terraformTest(module, defaults, '-verbose');
    expect(said).toMatch(/^Success! \d+ passed/m);
    const { container } = parse(outputOf(said, 'settings'));
    const needs = {
      fargate: true,
      awsvpc: true,
      reached: [{ container, port: 3000, by: 'a load balancer' }],
    };
    const check = async (text: string) =>
      checkTaskDefinition(await parseDocument(text, ''), { name: 'output', needs, images: [] });
    const document = outputOf(said, 'task-definition');
    await check(document);
    await expect(check(document.replace('"cpu": "256"', '"cpu": "100"'))).rejects.toThrow(/cpu/);
  },
  limit,
);

test('infra/aws has four files of tests', () => {
  expect(files).toHaveLength(4);
});

import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { checkTaskDefinition } from '../../../actions/deploy-ecs/src/task-definition/check/check.ts';
import { parseDocument } from '../../../packages/shared/src/document/parse-document.ts';

const root = join(import.meta.dirname, '../../..');
const files = globSync('tests/*.tftest.hcl', { cwd: join(root, 'infra/aws') });
const defaults = 'tests/defaults.tftest.hcl';

// Terraform loads the whole provider for each run: minutes on a busy machine.
const limit = 600_000;

test.each(files.filter((file) => file !== defaults))(
  'infra/aws: %s',
  async (file) => {
    expect(await terraformTest(file)).toMatch(/^Success! \d+ passed/m);
  },
  limit,
);

test(
  `infra/aws: ${defaults}, whose task definition deploy-ecs takes as it is`,
  async () => {
    const said = await terraformTest(defaults, '-verbose');
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

/** The text of an output of several lines, as `-verbose` shows that of the first run. */
function outputOf(said: string, name: string): string {
  const block = new RegExp(`^${name} = <<-EOT\\n((?: {4}.*\\n)*)EOT$`, 'm').exec(said);
  return (block?.[1] ?? '').replaceAll(/^ {4}/gm, '');
}

/** What Terraform said, whether or not its tests passed, so that a failure shows the assertion. */
async function terraformTest(file: string, ...options: string[]): Promise<string> {
  const args = ['test', 'infra/aws', `-filter=${file}`, ...options];
  try {
    const limits = { maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(join(root, 'scripts/terraform'), args, limits);
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error) {
      return `${error.stdout}${error.stderr}`;
    }
    throw error;
  }
}

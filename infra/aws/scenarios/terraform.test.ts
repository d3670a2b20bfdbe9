import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../..');
const files = globSync('tests/*.tftest.hcl', { cwd: join(root, 'infra/aws') });

// Terraform loads the whole provider for each run: minutes on a busy machine.
test.each(files)(
  'infra/aws: %s',
  async (file) => {
    expect(await terraform('test', 'infra/aws', `-filter=${file}`)).toMatch(
      /^Success! \d+ passed/m,
    );
  },
  600_000,
);

test('infra/aws has four files of tests', () => {
  expect(files).toHaveLength(4);
});

/** What Terraform said, whether or not its tests passed, so that a failure shows the assertion. */
async function terraform(...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(join(root, 'scripts/terraform'), args);
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && 'stderr' in error) {
      return `${error.stdout}${error.stderr}`;
    }
    throw error;
  }
}

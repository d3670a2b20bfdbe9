import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');

/** Terraform loads the whole provider for each run: minutes on a busy machine. */
export const limit = 600_000;

/** Terraform's tests of a module, such as `infra/aws`. */
export function testFiles(module: string): string[] {
  return globSync('tests/*.tftest.hcl', { cwd: join(root, module) });
}

/** What Terraform said, whether or not its tests passed, so that a failure shows the assertion. */
export async function terraformTest(
  module: string,
  file: string,
  ...options: string[]
): Promise<string> {
  const args = ['test', module, `-filter=${file}`, ...options];
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

/** The text of an output of several lines, as `-verbose` shows that of the first run. */
export function outputOf(said: string, name: string): string {
  const block = new RegExp(`^${name} = <<-EOT\\n((?: {4}.*\\n)*)EOT$`, 'm').exec(said);
  return (block?.[1] ?? '').replaceAll(/^ {4}/gm, '');
}

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeRunner,
  type RunFacts,
  type Runner,
} from '../../../packages/local-cloud/src/runner.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');

/** Defaults as action.yml declares them; the runner fills them in. */
export const defaults: Record<string, string> = {
  context: '.',
  cache: 'none',
  provenance: 'false',
  sbom: 'false',
  push: 'true',
  'create-repository': 'false',
};

/** A runner whose workspace holds a small image to build. */
export async function makeBuildRunner(
  facts: RunFacts = {},
  dockerfile = plainDockerfile,
): Promise<Runner> {
  const runner = await makeRunner(facts);
  await mkdir(join(runner.workspace, 'files'));
  await writeFile(join(runner.workspace, 'Dockerfile'), dockerfile);
  await writeFile(join(runner.workspace, 'files/hello.txt'), 'hello\n');
  return runner;
}

export const plainDockerfile = `FROM scratch
COPY files/hello.txt /hello.txt
`;

/** What a step left in its temporary folder. */
export async function leftovers(runner: Runner): Promise<string[]> {
  return (await readdir(runner.temp)).filter((name) => name.startsWith('slipway'));
}

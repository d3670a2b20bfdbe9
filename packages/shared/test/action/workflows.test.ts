import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../../../..');
const read = (path: string) => parse(readFileSync(join(root, path), 'utf8'));

/** The step of a workflow that uses an action of ours. */
function stepOf(workflow: string, action: string): { with: Record<string, string> } {
  const jobs: Array<{ steps?: Array<{ uses?: string; with: Record<string, string> }> }> =
    Object.values(read(`.github/workflows/${workflow}.yml`).jobs);
  const steps = jobs.flatMap(({ steps = [] }) => steps);
  const found = steps.find(({ uses }) => uses?.startsWith(`org/actions/${action}@`));
  if (!found) throw new Error(`${workflow} does not use ${action}`);
  return found;
}

it.each([
  ['deploy-ssh', 'deploy-ssh'],
  ['build', 'build-push'],
])('%s.yml hands through every input of %s', (workflow, action) => {
  const { inputs } = read(`actions/${action}/action.yml`);
  const given = Object.keys(stepOf(workflow, action).with);
  // The workflow is about pushing; the rest is the same.
  const left = action === 'build-push' ? ['push'] : [];
  expect([...given, ...left].sort()).toEqual(Object.keys(inputs).sort());
});

it.each([['deploy-ssh'], ['build'], ['tag'], ['ship-ssh']])(
  '%s.yml uses each of its inputs and secrets',
  (name) => {
    const text = readFileSync(join(root, `.github/workflows/${name}.yml`), 'utf8');
    const { inputs, secrets } = parse(text).on.workflow_call;
    const unused = [
      ...Object.keys(inputs).filter((input) => !text.includes(`inputs.${input}`)),
      ...Object.keys(secrets).filter((secret) => !text.includes(`secrets.${secret}`)),
    ];
    expect(unused).toEqual([]);
  },
);

import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../../../..');

test('no text is cut but by cut(), which takes the secrets out first', async () => {
  const cuts: string[] = [];
  for await (const path of glob('{actions/*,packages/shared}/src/**/*.ts', { cwd: root })) {
    if (/\.slice\([^)]*\)\}…/.test(readFileSync(join(root, path), 'utf8'))) cuts.push(path);
  }
  expect(cuts).toEqual(['packages/shared/src/secrets/cut.ts']);
});

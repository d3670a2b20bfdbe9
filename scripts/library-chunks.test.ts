import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { packLibraries } from './library-chunks.ts';

const code = `// what it does
export class SomeError extends Error {
  name = 'SomeError';
}
export function named(first) {
  return first + '  ü';
}
`;
const library = { name: '../../node_modules/.pnpm/a@1.0.0/node_modules/a/index.js', chunks: [1] };
const ours = { name: '../../packages/shared/lib/time/clock.js', chunks: [2] };
const runtime = { name: 'webpack/runtime/make namespace object', chunks: [1, 2] };

async function packed(modules: object[]) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-chunks-'));
  try {
    const chunks = [
      { id: 1, files: ['1.index.js'] },
      { id: 2, files: ['2.index.js'] },
    ];
    for (const { files } of chunks) await writeFile(join(folder, files[0] ?? ''), code);
    await writeFile(join(folder, 'stats.json'), JSON.stringify({ chunks, modules }));
    packLibraries(folder, join(folder, 'stats.json'));
    return await Promise.all(
      chunks.map(({ files }) => readFile(join(folder, files[0] ?? ''), 'utf8')),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a chunk of libraries loses comments and white space, and keeps every name', async () => {
  const [lib] = await packed([library, ours, runtime]);
  expect(lib).toBe(
    'export class SomeError extends Error{name="SomeError"}export function named(first){return first+"  ü"}\n',
  );
});

test.each([
  ['alone', ours],
  ['joined with a library', { ...ours, name: 'a + 1 modules', modules: [library, ours] }],
])('our own code stays to the letter, %s', async (_, module) => {
  const [, own] = await packed([library, module, runtime]);
  expect(own).toBe(code);
});

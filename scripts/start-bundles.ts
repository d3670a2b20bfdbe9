// Starts each built action as a runner would, with an input that is wrong: it ends red, with one
// annotation that names what is wrong, on every system. Needs nothing but Node and the bundles.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const actions = join(import.meta.dirname, '..', 'actions');
const folder = mkdtempSync(join(tmpdir(), 'slipway-start-'));
let wrong = 0;
try {
  for (const name of readdirSync(actions)) {
    const bundle = join(actions, name, 'dist', 'index.js');
    const said = existsSync(bundle) ? start(name, bundle) : 'is not built';
    console.log(`${name} ${said ?? 'starts, and names a bad input'}`);
    if (said !== undefined) wrong += 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (wrong > 0) process.exitCode = 1;

/** @returns what is not as it should be */
function start(name: string, bundle: string): string | undefined {
  const summary = join(folder, `${name}-summary`);
  const output = join(folder, `${name}-output`);
  // The runner makes both files.
  for (const file of [output, summary]) writeFileSync(file, '');
  const { PATH, SystemRoot, TEMP } = process.env;
  const { status, stderr, stdout } = spawnSync(process.execPath, [bundle], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH,
      SystemRoot,
      TEMP,
      GITHUB_WORKSPACE: folder,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      INPUT_TIMEOUT: 'soon',
    },
  });
  const all = `${stdout}${stderr}`;
  if (status !== 1) return `ends with ${status}, not 1:\n${all}`;
  const lines = all.split('\n').filter((line) => line.startsWith('::error '));
  if (lines.length !== 1) return `has ${lines.length} annotations, not one:\n${all}`;
  if (!lines[0]?.startsWith(`::error title=${name}%3A action/input::Input `)) {
    return `does not name the input:\n${all}`;
  }
  return readFileSync(summary, 'utf8') === '' ? 'writes no summary' : undefined;
}

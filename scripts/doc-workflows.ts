// Checks the workflows that README.md and docs/recipes print, and the pipelines of the example, as a user's
// own linters would: actionlint, and zizmor with the strictest persona. A tag of ours counts as a pin; everything else needs a SHA.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const recipes = readdirSync(join(root, 'docs/recipes')).map((name) => `docs/recipes/${name}`);
const folder = mkdtempSync(join(tmpdir(), 'slipway-docs-'));
const workflows = join(folder, '.github/workflows');
const files: string[] = [];

try {
  mkdirSync(workflows, { recursive: true });
  for (const page of ['README.md', ...recipes]) {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, block = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
      if (!/^jobs:/m.test(block)) continue;
      const file = join(workflows, `${page.replaceAll(/\W/g, '-')}-${files.length}.yml`);
      writeFileSync(file, block);
      files.push(file);
    }
  }
  for (const path of globSync('example-app/pipelines/*/.github/workflows/*.yml', { cwd: root })) {
    const file = join(workflows, path.replaceAll(/[^\w.]/g, '-'));
    cpSync(join(root, path), file);
    files.push(file);
  }
  const config = join(folder, 'zizmor.yml');
  const policies = { 'org/actions/*': 'ref-pin', '*': 'hash-pin' };
  writeFileSync(config, JSON.stringify({ rules: { 'unpinned-uses': { config: { policies } } } }));
  run('actionlint', files);
  run('zizmor', ['--quiet', '--offline', '--persona', 'pedantic', '--config', config, ...files]);
} finally {
  rmSync(folder, { recursive: true });
}

function run(program: string, args: readonly string[]): void {
  const { error, status } = spawnSync(program, args, { stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exitCode = 1;
}

// An outsider's check of a release: builds the commit of main that a tag says it comes from, in
// another folder, and compares the result with the tag bit for bit. Ends with 1 when they differ.
// Usage: node scripts/verify-release.ts 1.2.3 [url or folder of the repository] [--folder where to build]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { git, writeTree } from './git.ts';
import { readCommit, releaseTitle, writeCommit } from './release-history.ts';

const root = join(import.meta.dirname, '..');
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { folder: { type: 'string' } },
});
const [version = '', repository] = positionals;
const folder = values.folder
  ? resolve(values.folder)
  : mkdtempSync(join(tmpdir(), 'slipway-verify-'));

try {
  const differences = verify(`v${version}`, address(repository));
  if (differences.length > 0) {
    console.error(
      `verify-release: v${version} is NOT what its source gives:\n${differences.join('\n')}`,
    );
    process.exitCode = 1;
  }
} catch (error) {
  console.error(`verify-release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  if (!values.folder) rmSync(folder, { recursive: true, force: true });
}

function address(given: string | undefined): string {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('say which one, such as VERSION=1.2.3');
  if (!given) return git(root, ['remote', 'get-url', 'origin']);
  return existsSync(given) ? resolve(given) : given;
}

/** @returns what differs, one a line */
function verify(tag: string, from: string): string[] {
  const ref = `refs/tags/${tag}`;
  mkdirSync(folder, { recursive: true });
  git(folder, ['init', '--quiet']);
  const wanted = [`+${ref}:${ref}`, '+refs/heads/main:refs/remotes/origin/main'];
  git(folder, ['fetch', '--quiet', '--no-tags', '--', from, ...wanted]);
  const commit = git(folder, ['rev-parse', `${ref}^{commit}`]);
  const released = readCommit(folder, commit);
  const { before, source, tree } = released;
  console.log(`${tag} is ${commit}; it says that it was built from ${source}`);

  git(folder, ['checkout', '--quiet', '--force', '--detach', source]);
  // What make handed to this is not for the make in there.
  const env = { ...process.env, MAKEFLAGS: '', MAKELEVEL: '', MFLAGS: '' };
  execFileSync('make', ['release-tree', `VERSION=${version}`], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  const built = writeTree(folder, join(folder, 'out/release'));

  const differences = git(folder, ['diff-tree', '-r', '--no-renames', '--name-status', built, tree])
    .split('\n')
    .filter((line) => line !== '');
  if (!isInMain(source)) differences.push(`${source} is not in the history of main`);
  const title = releaseTitle(version);
  const same = writeCommit(folder, { tree: built, before, source, title });
  if (differences.length === 0 && same !== commit) {
    differences.push(`the commit is ${commit}, not ${same}: other people, dates or words`);
  }
  if (differences.length === 0) {
    console.log(
      `${tag} is the same, bit for bit: tree ${tree}, SHA256SUMS and ${countFiles(tree)} files`,
    );
  }
  return differences;
}

function isInMain(source: string): boolean {
  return (
    git(folder, ['rev-list', '--max-count=1', source, '--not', 'refs/remotes/origin/main']) === ''
  );
}

function countFiles(tree: string): number {
  return git(folder, ['ls-tree', '-r', '--name-only', tree]).split('\n').length - 1;
}

// Makes the commits of a release and pushes them; for release.yml, see docs/releasing.md.
// Usage: node scripts/release-commit.ts candidate       this commit, where the next release would be
//        node scripts/release-commit.ts release 1.2.3   out/release, on the branch releases
// Prints name=value lines: commit, and for a release name, archive (its file) and sha256 of that.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { git, gitBytes, writeTree } from './git.ts';
import { readCommit, releaseTitle, writeCommit } from './release-history.ts';

const root = join(import.meta.dirname, '..');
const branch = 'refs/heads/releases';
const { RELEASE_TOKEN: token, GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: slug } = process.env;
const url = `${server}/${slug}.git`;

try {
  main(process.argv[2], process.argv[3]);
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

function main(step: string | undefined, version = ''): void {
  if (!server || !slug)
    throw new Error('this is for a run on GitHub: GITHUB_REPOSITORY is not set');
  if (!token) throw new Error('the secret RELEASE_TOKEN is not set, see docs/releasing.md');
  if (step === 'candidate') candidate();
  else if (step === 'release' && /^\d+\.\d+\.\d+$/.test(version)) release(version);
  else throw new Error('say candidate, or release with a version such as 1.2.3');
}

// Where this commit was released already, or nearly so, that is the place to go on.
function candidate(): void {
  const source = git(root, ['rev-parse', 'HEAD']);
  const before = fetchTip();
  if (before !== undefined && readCommit(root, before).source === source) {
    print('commit', before);
    return;
  }
  const tree = git(root, ['rev-parse', 'HEAD^{tree}']);
  const commit = writeCommit(root, { tree, before, source, title: 'Release candidate' });
  push(`+${commit}:refs/heads/release-candidate`);
  print('commit', commit);
}

function release(version: string): void {
  refuseWithoutEntry(version);
  const source = git(root, ['rev-parse', 'HEAD']);
  const tree = writeTree(root, join(root, 'out/release'));
  const before = fetchTip();
  const there = before === undefined ? undefined : readCommit(root, before);
  const commit =
    before !== undefined && there?.tree === tree && there.source === source
      ? before
      : writeCommit(root, { tree, before, source, title: releaseTitle(version) });
  if (commit !== before) push(`${commit}:${branch}`);
  print('commit', commit);
  archive(commit, version);
}

function refuseWithoutEntry(version: string): void {
  const changes = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
  if (changes.split('\n').some((line) => line.startsWith(`## [${version}]`))) return;
  throw new Error(
    `CHANGELOG.md has nothing about ${version}: rename "Unreleased" to it in a commit "docs: …" on main, and run this again`,
  );
}

/** The same bytes for the same commit. */
function archive(commit: string, version: string): void {
  const name = `slipway-${version}`;
  const tar = gitBytes(root, [
    '-c',
    'tar.umask=0022',
    'archive',
    '--format=tar',
    `--prefix=${name}/`,
    commit,
  ]);
  const file = join(root, 'out', `${name}.tar.gz`);
  const bytes = gzipSync(tar, { level: 9 });
  writeFileSync(file, bytes);
  print('name', `${name}.tar.gz`);
  print('archive', relative(root, file));
  print('sha256', createHash('sha256').update(bytes).digest('hex'));
}

/** The release commit that the branch has now, with its objects. */
function fetchTip(): string | undefined {
  if (remote('ls-remote', url, branch) === '') return undefined;
  const shallow = git(root, ['rev-parse', '--is-shallow-repository']) === 'true';
  remote('fetch', '--quiet', '--no-tags', ...(shallow ? ['--depth=1'] : []), url, branch);
  return git(root, ['rev-parse', 'FETCH_HEAD']);
}

function push(refspec: string): void {
  try {
    remote('push', '--quiet', url, refspec);
  } catch (error) {
    const [, to] = refspec.split(':');
    console.error(
      `${to} could not be pushed: RELEASE_TOKEN needs contents and workflows, see docs/releasing.md`,
    );
    // act closes the terminal of a step that failed without having read all that is in it.
    if (process.env['ACT']) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
    throw error;
  }
}

// The token goes through the environment: what is in the arguments, every process can read. Whatever
// credentials the machine has are not asked.
function remote(...args: string[]): string {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const config = [
    [`http.${server}/.extraHeader`, `Authorization: Basic ${basic}`],
    ['credential.helper', ''],
  ];
  const pairs = config.flatMap(([key = '', value = ''], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  const env = { GIT_CONFIG_COUNT: `${config.length}`, ...Object.fromEntries(pairs) };
  return git(root, args, { env });
}

function print(name: string, value: string): void {
  console.log(`${name}=${value}`);
}

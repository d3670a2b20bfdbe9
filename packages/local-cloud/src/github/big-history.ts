import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git/run.ts';
import { type HistoryWriter, makeRepository } from './history.ts';

/** What the big repository has; a new number makes it anew. */
const recipe = 'big-1';
const versions = 10_000;
const commitsForEach = 10;

/** A bare repository that can be written to and is gone afterwards. */
export interface BorrowedRepository extends AsyncDisposable {
  folder: string;
}

/**
 * A repository with more than 10,000 tags and 100,000 commits: version tags up to v11, half of
 * them annotated, tags that move, tags that are no versions, merges, and a branch for
 * maintenance. It is made once (some 10 s) and kept in the cache; what a test writes is not.
 */
export async function borrowBigRepository(): Promise<BorrowedRepository> {
  return borrow(await keptRepository(recipe, writeBigHistory));
}

/** The newest version of the big repository. */
export const newestBigVersion = versionOf(versions - 1);

/** How many commits its `main` has since then. */
export const commitsSinceNewest = 12;

/**
 * A repository in the cache, made when it is not there.
 * @param name says what is in it; changes when that changes
 */
async function keptRepository(
  name: string,
  write: (history: HistoryWriter) => void,
): Promise<string> {
  const cache = join(
    process.env['SLIPWAY_CACHE'] ?? join(homedir(), '.cache/slipway'),
    'histories',
  );
  const kept = join(cache, `${name}.git`);
  const isKept = () => readFile(join(kept, 'HEAD')).then(Boolean, () => false);
  if (await isKept()) return kept;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'making-'));
  try {
    await makeRepository(join(folder, 'made.git'), write);
    // Another process may have made it in the meantime; theirs is as good.
    await rename(join(folder, 'made.git'), kept).catch(async (error: unknown) => {
      if (!(await isKept())) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return kept;
}

/**
 * A repository with the refs of another one that shares its objects.
 * Source: https://git-scm.com/docs/gitrepository-layout
 */
async function borrow(kept: string): Promise<BorrowedRepository> {
  const temporary = await mkdtemp(join(tmpdir(), 'slipway-history-'));
  const folder = join(temporary, 'repository.git');
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  await writeFile(join(folder, 'objects/info/alternates'), `${join(kept, 'objects')}\n`);
  await copyFile(join(kept, 'packed-refs'), join(folder, 'packed-refs'));
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(temporary, { recursive: true, force: true }),
  };
}

function writeBigHistory(history: HistoryWriter): void {
  history.commit('chore: start', { files: { 'README.md': 'A big one.\n' } });
  for (let version = 0; version < versions; version += 1) {
    for (let commit = 1; commit < commitsForEach; commit += 1) {
      const number = version * commitsForEach + commit;
      const message = `${number % 7 === 0 ? 'feat' : 'fix'}: change number ${number}\n\nWhy it was done.`;
      // A file in every tenth commit keeps it quick to make.
      const files = { [`src/part-${version % 50}/file.txt`]: `${number}\n` };
      history.commit(message, commit === 1 ? { files } : {});
    }
    if (version % 100 === 50) writeFeature(history, version);
    const name = versionOf(version);
    history.commit(`chore: release ${name}`);
    history.tag(name, version % 2 === 0 ? `Version ${name}` : undefined);
    history.tag(name.replace(/\..*/, ''));
    if (version === 1_000) {
      history.tag('nightly');
      history.tag('release-2026');
      history.branch('release/1.x');
      history.commit('fix: only for those who stay');
      history.tag('v1.49.99');
      history.branch('main');
    }
  }
  for (let commit = 0; commit < commitsSinceNewest; commit += 1) {
    history.commit(`fix: since then ${commit}`, { files: { 'src/new.txt': `${commit}\n` } });
  }
}

function writeFeature(history: HistoryWriter, version: number): void {
  history.branch(`feature/${version}`);
  history.commit(`feat: a feature of version ${version}`);
  history.branch('main');
  history.merge(`feature/${version}`, `Merge pull request #${version} from org/feature/${version}`);
}

/** `v0.0.0`, `v0.0.1` … `v11.4.19` */
function versionOf(index: number): string {
  return `v${Math.floor(index / 900)}.${Math.floor(index / 20) % 45}.${index % 20}`;
}

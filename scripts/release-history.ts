import { git } from './git.ts';

/** A commit that holds what a tag contains, or a candidate for one. */
export interface ReleaseCommit {
  /** Id of the tree. */
  tree: string;
  /** The release commit before; none for the first release. */
  before: string | undefined;
  /** The commit of main that it was built from: always the last parent. */
  source: string;
  title: string;
}

/**
 * Writes the commit into the repository. Who and when are those of the commit of main, so that the
 * same tree at the same place is the same commit, whoever makes it.
 * @returns its id
 */
export function writeCommit(
  repository: string,
  { tree, before, source, title }: ReleaseCommit,
): string {
  const people = headOf(repository, source).filter((line) => /^(?:author|committer) /.test(line));
  const parents = before === undefined ? [source] : [before, source];
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), ...people];
  const input = `${lines.join('\n')}\n\n${title}\n\nBuilt from ${source}.\n`;
  return git(repository, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input });
}

/** What a release commit is made of. @throws when it has no parent */
export function readCommit(repository: string, commit: string): Omit<ReleaseCommit, 'title'> {
  const head = headOf(repository, commit);
  const of = (name: string) =>
    head.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
  const [tree = ''] = of('tree');
  const parents = of('parent');
  const source = parents.at(-1);
  if (!source) throw new Error(`${commit} has no parent: it is no release commit`);
  return { tree, before: parents.length > 1 ? parents[0] : undefined, source };
}

// As it is stored: in a shallow clone git shows commits at its border without their parents.
function headOf(repository: string, commit: string): string[] {
  const [head = ''] = git(repository, ['cat-file', 'commit', commit]).split('\n\n', 1);
  return head.split('\n');
}

/** The title of a release commit; nothing in it asks semver-tag for a version. */
export function releaseTitle(version: string): string {
  return `Release ${version}`;
}

import { matchesGlob } from 'node:path';
import { noOid } from './git/refs.ts';
import type { BareRepository } from './git/repository.ts';

/** What a ruleset can restrict. */
export type Restriction = 'creation' | 'update' | 'deletion' | 'non_fast_forward';

/**
 * A ruleset for tags or branches.
 * Source: https://docs.github.com/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets
 */
export interface TagRule {
  /** Patterns as fnmatch has them, `refs/tags/v*`; `*` stops at a slash. */
  include: readonly string[];
  exclude?: readonly string[];
  restrict: readonly Restriction[];
}

/** A change as it is judged: both ids are known. */
export interface JudgedChange {
  name: string;
  before: string;
  after: string;
  /** Whether the new commit has the old one in its history. */
  fastForward: boolean;
}

const sentences: Readonly<Record<Restriction, string>> = {
  creation: 'Cannot create ref due to creations being restricted.',
  update: 'Cannot update this protected ref.',
  deletion: 'Cannot delete this protected ref.',
  non_fast_forward: 'Cannot force-push to this branch',
};

/**
 * What rulesets have against a change, one sentence each.
 * @param held tags that immutable releases hold or once held
 */
export function violations(
  change: JudgedChange,
  rules: readonly TagRule[],
  held: { locked: ReadonlySet<string>; burned: ReadonlySet<string> },
): string[] {
  const kinds = kindsOf(change);
  const broken = new Set<Restriction>();
  for (const rule of rules) {
    if (!applies(rule, change.name)) continue;
    for (const kind of kinds) if (rule.restrict.includes(kind)) broken.add(kind);
  }
  const tag = change.name.replace('refs/tags/', '');
  for (const kind of kinds) {
    // The tag of an immutable release stays. Once the release is gone the tag can go too, but its
    // name is never for another commit.
    if ((kind === 'deletion' ? held.locked : held.burned).has(tag)) broken.add(kind);
  }
  return [...broken].map((kind) => sentences[kind]);
}

/** The text of an answer that names the broken rules. */
export function violationText(sentences: readonly string[]): string {
  return `Repository rule violations found\n\n${sentences.join('\n\n')}\n\n`;
}

const workflows = '.github/workflows';

/**
 * The first workflow file of a commit that would be new to the repository: no branch has it with
 * this content. A token without the permission `workflows` may not bring it in, by whatever ref.
 * Source: https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps, `workflow`
 * @param branches ids of the commits that may have it
 */
export async function newWorkflow(
  git: BareRepository,
  commit: string,
  branches: readonly string[],
): Promise<string | undefined> {
  const folder = await git.objects.look(`${commit}:${workflows}`);
  if (folder?.type !== 'tree') return undefined;
  const known = await Promise.all(
    branches.map((branch) => git.objects.look(`${branch}:${workflows}`)),
  );
  if (known.some((other) => other?.oid === folder.oid)) return undefined;
  const files = await listTree(git, folder.oid);
  const others = await Promise.all(
    known.map((other) => (other ? listTree(git, other.oid) : new Map<string, string>())),
  );
  for (const [name, oid] of files) {
    if (!others.some((other) => other.get(name) === oid)) return `${workflows}/${name}`;
  }
  return undefined;
}

/** Name and id of the entries of a tree. */
async function listTree(git: BareRepository, oid: string): Promise<Map<string, string>> {
  const content = (await git.objects.content(oid))?.content ?? Buffer.alloc(0);
  const entries = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0, at);
    const [, name = ''] = content.toString('utf8', at, end).split(/ (.*)/s);
    entries.set(name, content.toString('hex', end + 1, end + 21));
    at = end + 21;
  }
  return entries;
}

function kindsOf({ before, after, fastForward }: JudgedChange): Restriction[] {
  if (before === after) return [];
  if (before === noOid) return ['creation'];
  if (after === noOid) return ['deletion'];
  return fastForward ? ['update'] : ['update', 'non_fast_forward'];
}

function applies({ include, exclude = [] }: TagRule, name: string): boolean {
  const matches = (pattern: string) => pattern === '~ALL' || matchesGlob(name, pattern);
  return include.some(matches) && !exclude.some(matches);
}

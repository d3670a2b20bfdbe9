import type { Found } from './git/objects.ts';
import { noOid, type RefChange, validRefName } from './git/refs.ts';
import type { BareRepository } from './git/repository.ts';
import { type JudgedChange, newWorkflow, violations } from './rules.ts';
import type { World } from './world.ts';

/** A change of a ref that a client asks for. */
export interface WantedChange extends RefChange {
  /** Whether the ref may lose commits. */
  force: boolean;
}

/** Why nothing was written. */
export type Refusal =
  | { because: 'invalid-name' | 'no-object' | 'exists' | 'missing' | 'moved'; name: string }
  | { because: 'not-fast-forward' | 'default-branch' | 'refused'; name: string }
  | { because: 'rules'; name: string; sentences: readonly string[] }
  | { because: 'workflows'; name: string; file: string };

const rounds = 8;

/**
 * Changes several refs of a repository as its rules permit, all of them or none. What is read to
 * judge a change is what git must still find when it writes.
 * @returns undefined when it is done
 */
export async function writeRefs(
  world: World,
  changes: readonly WantedChange[],
): Promise<Refusal | undefined> {
  const [first] = changes;
  if (!first) return undefined;
  using _turn = await world.git.turns.take(changes.map(({ name }) => name));
  for (let round = 0; round < rounds; round += 1) {
    const judged: JudgedChange[] = [];
    for (const change of changes) {
      const verdict = await judge(world, change);
      if ('because' in verdict) return verdict;
      judged.push(verdict);
    }
    const conflict = await world.git.refs.change(judged);
    if (conflict === undefined) return undefined;
    if (conflict === 'refused') return { because: 'refused', name: first.name };
    // Somebody else wrote to the folder. Judging again says so, or finds a change that is still fine.
  }
  return { because: 'refused', name: first.name };
}

async function judge(
  world: World,
  { name, after, before: wanted, force }: WantedChange,
): Promise<JudgedChange | Refusal> {
  const { git, settings, releases } = world;
  if (!validRefName(name)) return { because: 'invalid-name', name };
  const object = after === noOid ? undefined : await git.objects.look(after);
  if (after !== noOid && !object) return { because: 'no-object', name };
  const before = (await git.ref(name))?.oid ?? noOid;
  if (wanted === noOid && before !== noOid) return { because: 'exists', name };
  if (wanted !== undefined && wanted !== before) return { because: 'moved', name };
  if (after === noOid && before === noOid) return { because: 'missing', name };
  if (after === noOid && name === `refs/heads/${await git.defaultBranch()}`) {
    return { because: 'default-branch', name };
  }
  if (name.startsWith('refs/heads/') && object && object.type !== 'commit') {
    return { because: 'refused', name };
  }
  const fastForward =
    before === noOid || before === after || (await isFastForward(git, before, after));
  const change = { name, before, after, fastForward };
  const sentences = violations(change, settings.rules, releases.held());
  if (sentences.length > 0) return { because: 'rules', name, sentences };
  if (!fastForward && after !== noOid && !force) return { because: 'not-fast-forward', name };
  if (settings.permissions.workflows !== 'write' && object) {
    const file = await unknownWorkflow(git, object);
    if (file) return { because: 'workflows', name, file };
  }
  return change;
}

async function unknownWorkflow(git: BareRepository, object: Found): Promise<string | undefined> {
  const { oid, type } = await git.objects.peel(object.oid, object.type);
  if (type !== 'commit') return undefined;
  // Nearly always the default branch has it, and then nobody has to list the others.
  const main = [`refs/heads/${await git.defaultBranch()}`];
  if ((await newWorkflow(git, oid, main)) === undefined) return undefined;
  const branches = await git.refs.startingWith('refs/heads/');
  return newWorkflow(
    git,
    oid,
    branches.map((branch) => branch.oid),
  );
}

/** Only commits can be fast-forwarded: an annotated tag is another object each time. */
async function isFastForward(git: BareRepository, before: string, after: string): Promise<boolean> {
  const [old, next] = await Promise.all([git.objects.look(before), git.objects.look(after)]);
  if (old?.type !== 'commit' || next?.type !== 'commit') return false;
  return git.history.isAncestor(before, after);
}

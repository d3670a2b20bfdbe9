import { History } from './history.ts';
import type { ObjectType } from './object.ts';
import { type Found, Objects } from './objects.ts';
import { Refs, validRefName } from './refs.ts';
import { gitLines } from './run.ts';
import { Turns } from './turns.ts';

/** A bare repository on disk. */
export interface BareRepository extends AsyncDisposable {
  folder: string;
  objects: Objects;
  refs: Refs;
  history: History;
  /** Whose turn it is to write to which refs. */
  turns: Turns;
  /** The ref with exactly this full name. */
  ref(name: string): Promise<Found | undefined>;
  /** What HEAD names, `main`. */
  defaultBranch(): Promise<string>;
  /**
   * The commit that a user means: an id, the full or short name of a branch or tag.
   * @returns undefined when there is none
   */
  commitOf(name: string): Promise<string | undefined>;
}

export function openRepository(folder: string): BareRepository {
  const objects = new Objects(folder);
  return {
    folder,
    objects,
    refs: new Refs(folder),
    history: new History(folder),
    turns: new Turns(),
    ref: async (name) => (validRefName(name) ? objects.look(name) : undefined),
    async defaultBranch() {
      const [name = ''] = await gitLines(folder, ['symbolic-ref', 'HEAD']);
      return name.replace('refs/heads/', '');
    },
    async commitOf(name) {
      // GitHub takes a branch before a tag; git itself would not.
      for (const expression of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
        const found = await commitBehind(objects, expression);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

async function commitBehind(objects: Objects, expression: string): Promise<string | undefined> {
  // Expressions like `main~3` or `v1^{}` are git's, not GitHub's.
  if (/[\^~:@{}\s]/.test(expression)) return undefined;
  const found = await objects.look(expression);
  if (!found) return undefined;
  const peeled: { oid: string; type: ObjectType } = await objects.peel(found.oid, found.type);
  return peeled.type === 'commit' ? peeled.oid : undefined;
}

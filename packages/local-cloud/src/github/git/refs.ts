import { type ObjectType, objectType } from './object.ts';
import { GitError, git } from './run.ts';

export interface Ref {
  /** Full, `refs/tags/v1.0.0`. */
  name: string;
  oid: string;
  /** Of the object that it points to: an annotated tag is `tag`. */
  type: ObjectType;
}

/** One change of a ref. */
export interface RefChange {
  name: string;
  /** Where it will point; {@link noOid} to delete it. */
  after: string;
  /** Where it must point now, {@link noOid} when it must not exist; not given: anywhere. */
  before?: string;
}

/** Says that there is no object. */
export const noOid = '0'.repeat(40);

/** Why no ref of a transaction was changed. */
export type RefConflict = 'exists' | 'moved' | 'missing' | 'refused';

// Long enough that forty clients who write to the same ref wait for each other.
const patience = ['-c', 'core.filesRefLockTimeout=20000', '-c', 'core.packedRefsTimeout=20000'];

/** The refs of a bare repository. Others may write to it at any time, so each look is a new one. */
export class Refs {
  readonly #folder: string;
  #printed: Buffer = Buffer.alloc(0);
  #all: readonly Ref[] = [];
  #dated: { of: readonly Ref[]; tags: readonly Ref[] } | undefined;
  #running: Promise<readonly Ref[]> | undefined;
  #next: Promise<readonly Ref[]> | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * All refs, ordered by name. The same array is returned for as long as nothing has changed.
   * Looks that are asked for while one runs share the next one.
   */
  all(): Promise<readonly Ref[]> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running.then(
      () => this.#start(),
      () => this.#start(),
    );
    return this.#next;
  }

  /** Tags ordered by the date of their commits, oldest first; those of one date by name. */
  async tagsByDate(): Promise<readonly Ref[]> {
    const all = await this.all();
    if (this.#dated?.of !== all) {
      this.#dated = { of: all, tags: sortByDate(all, await git(this.#folder, datesOfTags)) };
    }
    return this.#dated.tags;
  }

  /** Refs whose full name starts with this. */
  async startingWith(prefix: string): Promise<readonly Ref[]> {
    return (await this.all()).filter(({ name }) => name.startsWith(prefix));
  }

  /**
   * Changes several refs, or none.
   * @returns why nothing was changed; undefined when all is done
   * Source: https://git-scm.com/docs/git-update-ref, `--stdin`
   */
  async change(changes: readonly RefChange[]): Promise<RefConflict | undefined> {
    const lines = changes.map(({ name, after, before }) => {
      const expected = before === undefined ? '' : ` ${before}`;
      return after === noOid ? `delete ${name}${expected}` : `update ${name} ${after}${expected}`;
    });
    const input = ['start', ...lines, 'prepare', 'commit', ''].join('\n');
    try {
      await git(this.#folder, [...patience, 'update-ref', '--no-deref', '--stdin'], input);
      return undefined;
    } catch (error) {
      if (error instanceof GitError) return conflict(error.complaint);
      throw error;
    }
  }

  #start(): Promise<readonly Ref[]> {
    this.#next = undefined;
    const running = this.#read().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #read(): Promise<readonly Ref[]> {
    const format = '%(objectname) %(objecttype) %(refname)';
    const printed = await git(this.#folder, ['for-each-ref', `--format=${format}`]);
    if (printed.equals(this.#printed)) return this.#all;
    this.#printed = printed;
    this.#all = printed
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [oid = '', type = '', ...name] = line.split(' ');
        return { oid, type: objectType(type), name: name.join(' ') };
      });
    return this.#all;
  }
}

const datesOfTags = [
  'for-each-ref',
  // A lightweight tag has the first date, an annotated one the second.
  '--format=%(committerdate:unix)%(*committerdate:unix) %(refname)',
  'refs/tags/',
];

function sortByDate(all: readonly Ref[], printed: Buffer): readonly Ref[] {
  const dates = new Map<string, number>();
  for (const line of printed.toString('utf8').split('\n')) {
    const space = line.indexOf(' ');
    dates.set(line.slice(space + 1), Number(line.slice(0, space)));
  }
  return all
    .filter(({ name }) => name.startsWith('refs/tags/'))
    .sort((one, other) => (dates.get(one.name) ?? 0) - (dates.get(other.name) ?? 0));
}

function conflict(complaint: string): RefConflict {
  if (complaint.includes('reference already exists')) return 'exists';
  if (complaint.includes('but expected')) return 'moved';
  if (complaint.includes('unable to resolve reference')) return 'missing';
  return 'refused';
}

/**
 * Whether a ref may have this name.
 * Source: https://git-scm.com/docs/git-check-ref-format
 */
export function validRefName(name: string): boolean {
  const parts = name.split('/');
  return (
    parts.length >= 3 &&
    parts[0] === 'refs' &&
    !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\.$/.test(name) &&
    parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}

import { GitError, git, gitLines } from './run.ts';

/** How two commits lie to each other. */
export interface Distance {
  /** Nearest common ancestor; undefined when the histories are unrelated. */
  mergeBase?: string;
  /** Commits of the head that the base has not, oldest first. */
  ahead: readonly string[];
  /** Number of commits of the base that the head has not. */
  behind: number;
}

/** Which part of a history. */
export interface HistoryFilter {
  path?: string;
  /** As git understands dates. */
  since?: string;
  until?: string;
  author?: string;
  committer?: string;
}

const keptDistances = 16;

/** Questions about the history of a bare repository. */
export class History {
  readonly #folder: string;
  readonly #counts = new Map<string, number>();
  readonly #distances = new Map<string, Promise<Distance>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compares two commits by their ids. Both never change, so the last answers are kept. */
  distance(base: string, head: string): Promise<Distance> {
    const key = `${base} ${head}`;
    const known = this.#distances.get(key);
    if (known) return known;
    const [oldest] = this.#distances.keys();
    if (this.#distances.size >= keptDistances && oldest) this.#distances.delete(oldest);
    const asked = this.#measure(base, head);
    asked.catch(() => this.#distances.delete(key));
    this.#distances.set(key, asked);
    return asked;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    try {
      await git(this.#folder, ['merge-base', '--is-ancestor', ancestor, descendant]);
      return true;
    } catch (error) {
      if (error instanceof GitError && error.code === 1) return false;
      throw error;
    }
  }

  /** Ids of a commit and its ancestors, newest first. */
  list(head: string, skip: number, count: number, filter: HistoryFilter = {}): Promise<string[]> {
    const page = [`--skip=${skip}`, `--max-count=${count}`];
    return gitLines(this.#folder, ['rev-list', ...page, ...filtered(head, filter)]);
  }

  /** How many commits {@link list} could list. */
  async count(head: string, filter: HistoryFilter = {}): Promise<number> {
    const args = ['rev-list', '--count', ...filtered(head, filter)];
    const key = args.join(' ');
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const [printed] = await gitLines(this.#folder, args);
    const count = Number(printed);
    this.#counts.set(key, count);
    return count;
  }

  async #measure(base: string, head: string): Promise<Distance> {
    const [mergeBase, sides] = await Promise.all([
      gitLines(this.#folder, ['merge-base', base, head]).catch((error: unknown) => {
        if (error instanceof GitError && error.code === 1) return [];
        throw error;
      }),
      gitLines(this.#folder, ['rev-list', '--left-right', '--reverse', `${base}...${head}`]),
    ]);
    const ahead = sides.filter((line) => line.startsWith('>')).map((line) => line.slice(1));
    return {
      ...(mergeBase[0] !== undefined && { mergeBase: mergeBase[0] }),
      ahead,
      behind: sides.length - ahead.length,
    };
  }
}

function filtered(head: string, filter: HistoryFilter): string[] {
  const { path, ...rest } = filter;
  const flags = Object.entries(rest).map(([name, value]) => `--${name}=${value}`);
  return [...flags, head, '--', ...(path === undefined ? [] : [path])];
}

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from './git/run.ts';

/** A commit that was written, to name it before it has an id. */
export type Mark = number;

/** Path and content of what changes; null removes the file. */
type Files = Readonly<Record<string, string | null>>;

export interface CommitOptions {
  files?: Files;
  /** Seconds since the epoch; a minute after the commit before it. */
  time?: number;
  /** `Ada <ada@example.com>` */
  author?: string;
}

/** Writes down a history, one thing after the other. It starts on the branch `main`. */
export class HistoryWriter {
  readonly #lines: string[] = [];
  readonly #heads = new Map<string, Mark>();
  /** What each branch has changed since it began: a merge brings it in. */
  readonly #changes = new Map<string, Files>();
  #branch = 'main';
  #marks = 0;
  #time = Date.UTC(2026, 0, 1) / 1_000;

  /** Adds a commit to the branch. */
  commit(message: string, options: CommitOptions = {}): Mark {
    return this.#commit(message, options, []);
  }

  /** Merges another branch into this one, with a commit even where none is needed. */
  merge(branch: string, message = `Merge branch '${branch}'`, options: CommitOptions = {}): Mark {
    const other = this.#heads.get(branch);
    if (other === undefined) throw new Error(`there is no branch ${branch} yet`);
    const files = { ...this.#changes.get(branch), ...options.files };
    return this.#commit(message, { ...options, files }, [other]);
  }

  /** Goes to a branch. A new one starts at this commit, or where this branch is. */
  branch(name: string, at = this.#heads.get(this.#branch)): void {
    this.#branch = name;
    if (this.#heads.has(name) || at === undefined) return;
    this.#heads.set(name, at);
    this.#changes.set(name, {});
    this.#lines.push(`reset refs/heads/${name}\nfrom :${at}\n\n`);
  }

  /** Goes to a new branch that has no history. */
  orphan(name: string): void {
    this.#branch = name;
  }

  /**
   * Puts a tag on a commit, by default on the newest of the branch. Written again, it moves.
   * @param annotated the message of an annotated tag; not given: a lightweight one
   */
  tag(name: string, annotated?: string, at = this.#heads.get(this.#branch)): void {
    if (at === undefined) throw new Error('there is no commit to tag yet');
    this.#lines.push(
      annotated === undefined
        ? `reset refs/tags/${name}\nfrom :${at}\n\n`
        : `tag ${name}\nfrom :${at}\ntagger ${person} ${this.#time} +0000\n${data(annotated)}`,
    );
  }

  /** All of it in the language of `git fast-import`. */
  text(): string {
    return this.#lines.join('');
  }

  #commit(message: string, options: CommitOptions, merged: readonly Mark[]): Mark {
    this.#marks += 1;
    this.#time = options.time ?? this.#time + 60;
    const { author = person, files = {} } = options;
    const parent = this.#heads.get(this.#branch);
    const changes = Object.entries(files).map(([path, content]) =>
      content === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(content)}`,
    );
    this.#lines.push(
      `commit refs/heads/${this.#branch}\nmark :${this.#marks}\n`,
      `author ${author} ${this.#time} +0000\ncommitter ${person} ${this.#time} +0000\n`,
      data(message),
      ...(parent === undefined ? [] : [`from :${parent}\n`]),
      ...merged.map((other) => `merge :${other}\n`),
      ...changes,
      '\n',
    );
    this.#heads.set(this.#branch, this.#marks);
    this.#changes.set(this.#branch, { ...this.#changes.get(this.#branch), ...files });
    return this.#marks;
  }
}

const person = 'Ada <ada@example.com>';

/** A bare repository that was made. */
export interface MadeRepository {
  folder: string;
  /** The id that a commit got. */
  oid(mark: Mark): string;
}

/**
 * Makes a bare repository as a server keeps it: packed refs, a commit-graph.
 * Source: https://git-scm.com/docs/git-fast-import
 * @param folder that is not there yet
 */
export async function makeRepository(
  folder: string,
  write: (history: HistoryWriter) => void,
): Promise<MadeRepository> {
  const history = new HistoryWriter();
  write(history);
  await git(folder, ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  const marks = join(folder, 'marks');
  await git(
    folder,
    ['fast-import', '--quiet', '--force', `--export-marks=${marks}`],
    history.text(),
  );
  await git(folder, ['pack-refs', '--all']);
  await git(folder, ['commit-graph', 'write', '--reachable']);
  const lines = (await readFile(marks, 'utf8')).split('\n');
  const oids = new Map(lines.map((line) => [line.split(' ')[0], line.split(' ')[1]]));
  await rm(marks);
  return { folder, oid: (mark) => oids.get(`:${mark}`) ?? '' };
}

/** A block of text with its length in bytes in front. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

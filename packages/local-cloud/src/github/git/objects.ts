import { type ChildProcess, spawn } from 'node:child_process';
import {
  type Commit,
  type ObjectType,
  objectType,
  readCommit,
  readTag,
  type Tag,
} from './object.ts';
import { gitEnvironment } from './run.ts';

/** What is behind a name. */
export interface Found {
  oid: string;
  type: ObjectType;
  /** Empty when only its type was asked for. */
  content: Buffer;
}

interface Waiting {
  withContent: boolean;
  found(found: Found | undefined): void;
}

const kept = 50_000;

/**
 * The objects of a bare repository, read by one `git cat-file` that stays. An object never
 * changes, so commits and tags that were read once are kept.
 */
export class Objects implements AsyncDisposable {
  readonly #child: ChildProcess & { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream };
  readonly #waiting: Waiting[] = [];
  readonly #commits = new Map<string, Commit>();
  readonly #tags = new Map<string, Tag>();
  #rest = Buffer.alloc(0);
  #unsent = '';
  #ended = false;

  constructor(folder: string) {
    const args = ['--git-dir', folder, 'cat-file', '--batch-command', '--buffer'];
    this.#child = spawn('git', args, { env: gitEnvironment, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#child.on('close', () => {
      this.#ended = true;
      for (const { found } of this.#waiting.splice(0)) found(undefined);
    });
  }

  /** Type and id of an object by any of git's expressions; undefined when there is none. */
  look(expression: string): Promise<Found | undefined> {
    return this.#ask('info', expression);
  }

  /** An object with its content. */
  content(expression: string): Promise<Found | undefined> {
    return this.#ask('contents', expression);
  }

  /** A commit by its id. Throws when there is none: ask {@link look} first. */
  async commit(oid: string): Promise<Commit> {
    const known = this.#commits.get(oid);
    if (known) return known;
    const found = await this.content(oid);
    if (found?.type !== 'commit') throw new Error(`${oid} is no commit`);
    return keep(this.#commits, oid, readCommit(oid, found.content.toString('utf8')));
  }

  /** An annotated tag by the id of its object. Throws when there is none. */
  async tag(oid: string): Promise<Tag> {
    const known = this.#tags.get(oid);
    if (known) return known;
    const found = await this.content(oid);
    if (found?.type !== 'tag') throw new Error(`${oid} is no tag`);
    return keep(this.#tags, oid, readTag(oid, found.content.toString('utf8')));
  }

  /** What is behind annotated tags, however many are in a row. */
  async peel(oid: string, type: ObjectType): Promise<{ oid: string; type: ObjectType }> {
    if (type !== 'tag') return { oid, type };
    const { target, targetType } = await this.tag(oid);
    return this.peel(target, targetType);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await closed;
  }

  #ask(command: 'info' | 'contents', expression: string): Promise<Found | undefined> {
    if (expression === '' || /[\n\0]/.test(expression)) return Promise.resolve(undefined);
    if (this.#ended) return Promise.reject(new Error('git cat-file has ended'));
    return new Promise((resolve) => {
      this.#waiting.push({ withContent: command === 'contents', found: resolve });
      // Everything that is asked in one turn of the event loop goes out in one write.
      if (this.#unsent === '') setImmediate(() => this.#send());
      this.#unsent += `${command} ${expression}\n`;
    });
  }

  #send(): void {
    this.#child.stdin.write(`${this.#unsent}flush\n`);
    this.#unsent = '';
  }

  #read(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const end = data.indexOf(10, at);
      const [waiting] = this.#waiting;
      if (end < 0 || !waiting) break;
      const line = data.toString('utf8', at, end);
      const [, oid, type, size] =
        /^([0-9a-f]{40,64}) (commit|tag|tree|blob) (\d+)$/.exec(line) ?? [];
      let next = end + 1;
      let content = Buffer.alloc(0);
      if (oid !== undefined && waiting.withContent) {
        const stop = next + Number(size);
        if (data.length < stop + 1) break;
        content = Buffer.from(data.subarray(next, stop));
        next = stop + 1;
      }
      this.#waiting.shift();
      const found = oid !== undefined && type !== undefined;
      waiting.found(found ? { oid, type: objectType(type), content } : undefined);
      at = next;
    }
    this.#rest = Buffer.from(data.subarray(at));
  }
}

function keep<Value>(known: Map<string, Value>, oid: string, value: Value): Value {
  if (known.size >= kept) known.clear();
  known.set(oid, value);
  return value;
}

import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '@slipway/shared/failure/failure';
import type { Descriptor } from '@slipway/shared/image/registry';
import { checkedCopy } from '../scanner/hash-file.ts';

const mostArchives = 3;

/**
 * The archive of a database that an earlier run left in the cache. Others may write there: what lies
 * there counts only when it has the digest that the registry names in this run, each time anew.
 */
export class KeptArchive {
  readonly #path: string;
  readonly #wanted: Descriptor;
  readonly #say: (line: string) => void;

  constructor(cacheFolder: string, wanted: Descriptor, say: (line: string) => void) {
    this.#path = join(cacheFolder, 'trivy-db', `${wanted.digest.replace(':', '-')}.tar.gz`);
    this.#wanted = wanted;
    this.#say = say;
  }

  /**
   * Copies it to where only this user can write.
   * @returns whether there was one with the right bytes; another one is removed
   */
  async copyTo(file: string): Promise<boolean> {
    const found = await stat(this.#path).catch(() => undefined);
    if (!found?.isFile()) return false;
    const [algorithm, wanted] = this.#wanted.digest.split(':');
    if (algorithm !== 'sha256') return false;
    if (found.size === this.#wanted.size && (await checkedCopy(this.#path, file)) === wanted) {
      return true;
    }
    this.#say(`${this.#path} is not the database that it is named after, and was removed`);
    await this.remove();
    return false;
  }

  /** Keeps a copy of it for later runs; a cache that cannot be written costs time only. */
  async keep(file: string): Promise<void> {
    const folder = dirname(this.#path);
    try {
      await mkdir(folder, { recursive: true });
      const part = `${this.#path}.${crypto.randomUUID()}`;
      await copyFile(file, part);
      await rename(part, this.#path);
      await removeOld(folder);
    } catch (error) {
      this.#say(`the vulnerability database was not kept for later runs: ${messageOf(error)}`);
    }
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true, recursive: true }).catch(() => undefined);
  }
}

async function removeOld(folder: string): Promise<void> {
  const names = await readdir(folder);
  const dated = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, time: (await stat(path)).mtimeMs };
    }),
  );
  const old = dated.toSorted((a, b) => b.time - a.time).slice(mostArchives);
  for (const { path } of old) await rm(path, { recursive: true, force: true });
}

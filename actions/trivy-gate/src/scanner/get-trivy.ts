import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '@slipway/shared/action/github';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { checkedCopy } from './checked-copy.ts';
import { type DownloadMeans, downloadArchive } from './download.ts';
import { programFolders, type Release } from './releases.ts';
import { unpackProgram } from './unpack.ts';

/** Which Trivy is wanted, and where it may come from. */
export interface Wanted {
  /** With the digest of the table, or the one that was given: of the archive or of the program. */
  release: Release & { sha256: string };
  /** The digest was given, so an installed program may have it. */
  given: boolean;
  mirrors: readonly string[];
  /** Folder that outlives the job, on a runner that keeps one. */
  cacheFolder: string;
}

/**
 * Gets a program into a private folder whose digest was checked there: the installed one, the one in
 * the cache, or a downloaded one, which then goes into the cache.
 * @param folder private folder
 * @returns path of the program
 * @throws Failure `gate/scanner-hash`, `gate/scanner-download`, `gate/no-space`
 */
export async function getTrivy(
  { cacheFolder, given, mirrors, release }: Wanted,
  folder: string,
  env: Environment,
  means: DownloadMeans,
): Promise<string> {
  const copy = join(folder, 'trivy-download');
  try {
    if (given && (await takeInstalled(release, copy, env, means))) {
      return await unpackProgram(copy, folder);
    }
    const kept = join(cacheFolder, 'trivy', release.version, release.archive);
    if (await isFile(kept)) {
      const got = await checkedCopy(kept, copy);
      if (got !== release.sha256) {
        throw Failure.of('gate/scanner-hash', { what: kept, wanted: release.sha256, got });
      }
    } else {
      await downloadArchive(release, mirrors, copy, means);
      await keep(copy, kept, means);
    }
    return await unpackProgram(copy, folder);
  } catch (error) {
    if (isFull(error)) throw Failure.of('gate/no-space', { what: 'unpack Trivy' }, error);
    throw error;
  }
}

async function takeInstalled(
  release: Release & { sha256: string },
  copy: string,
  env: Environment,
  { say }: DownloadMeans,
): Promise<boolean> {
  const name = process.platform === 'win32' ? 'trivy.exe' : 'trivy';
  for (const folder of programFolders(env)) {
    const path = join(folder, name);
    if (!(await isFile(path))) continue;
    const got = await checkedCopy(path, copy);
    if (got === release.sha256) return true;
    say(`${path} is not used: its SHA-256 is ${got}, not ${release.sha256}`);
    return false;
  }
  return false;
}

// Under its name there is always a whole file. A cache that cannot be written costs time only.
async function keep(file: string, kept: string, { say }: DownloadMeans): Promise<void> {
  try {
    await mkdir(dirname(kept), { recursive: true });
    const part = `${kept}.${crypto.randomUUID()}`;
    await copyFile(file, part);
    await rename(part, kept);
  } catch (error) {
    say(`Trivy was not kept for later runs: ${messageOf(error)}`);
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Whether an error, or what is behind it, is that the disk is full. */
export function isFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return true;
  return error.cause !== error && isFull(error.cause);
}

import { access, constants, copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '@slipway/shared/exec/environment';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { type DownloadTools, downloadArchive } from './download.ts';
import { checkedCopy, hashFile } from './hash-file.ts';
import { programFolders, type TrivyRelease } from './releases.ts';
import { unpackProgram } from './unpack.ts';

/** Which Trivy is wanted, and where it may come from. */
export interface WantedTrivy {
  /** With the digest of the table, or the one that was given: of the archive or of the program. */
  release: TrivyRelease & { sha256: string };
  /** The digest was given, so an installed program may have it. */
  given: boolean;
  mirrors: readonly string[];
  /** Folder that outlives the job, on a runner that keeps one. */
  cacheFolder: string;
}

/** A program whose digest was checked. */
export interface Program {
  path: string;
  /**
   * To be asked before each start.
   * @throws Failure `gate/scanner-hash` when it was changed since its digest was checked
   */
  check(): Promise<void>;
}

/**
 * Gets a program whose digest was checked: the installed one where it is, or the one in the cache or
 * a downloaded one, which then goes into the cache, in a private folder.
 * @param folder private folder
 * @throws Failure `gate/scanner-hash`, `gate/scanner-download`, `gate/no-space`
 */
export async function getTrivy(
  { cacheFolder, given, mirrors, release }: WantedTrivy,
  folder: string,
  env: Environment,
  tools: DownloadTools,
): Promise<Program> {
  const copy = join(folder, 'trivy-download');
  try {
    const installed = given ? await findInstalled(release, env, tools) : undefined;
    if (installed) return installed;
    const kept = join(cacheFolder, 'trivy', release.version, release.archive);
    if (await isFile(kept)) {
      const got = await checkedCopy(kept, copy);
      if (got !== release.sha256) {
        throw Failure.of('gate/scanner-hash', { what: kept, wanted: release.sha256, got });
      }
    } else {
      await downloadArchive(release, mirrors, copy, tools);
      await keep(copy, kept, tools);
    }
    return { path: await unpackProgram(copy, folder), check: async () => undefined };
  } catch (error) {
    if (isFull(error)) throw Failure.of('gate/no-space', { what: 'unpack Trivy' }, error);
    throw error;
  }
}

// It is used where it is: to copy what has 170 MB takes longer than a short scan.
async function findInstalled(
  { sha256 }: { sha256: string },
  env: Environment,
  { say }: DownloadTools,
): Promise<Program | undefined> {
  const name = process.platform === 'win32' ? 'trivy.exe' : 'trivy';
  for (const folder of programFolders(env)) {
    const path = join(folder, name);
    if (!(await isProgram(path))) continue;
    const hashed = await hashFile(path);
    if (hashed.sha256 === sha256) {
      const check = async () => {
        if (await hashed.isSame()) return;
        const got = (await hashFile(path)).sha256;
        if (got !== sha256)
          throw Failure.of('gate/scanner-hash', { what: path, wanted: sha256, got });
      };
      return { path, check };
    }
    say(`${path} is not used: its SHA-256 is ${hashed.sha256}, not ${sha256}`);
    return undefined;
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  if (!(await isFile(path))) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

// Under its name there is always a whole file. A cache that cannot be written costs time only.
async function keep(file: string, kept: string, { say }: DownloadTools): Promise<void> {
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

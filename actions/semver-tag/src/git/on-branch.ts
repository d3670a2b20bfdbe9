import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPassing } from '../github/branches.ts';
import { refsContaining } from './containing.ts';
import { type GitPlace, makeRepository } from './run-git.ts';

/** Whether any branch of the server has a commit in its history. */
export async function isOnAnyBranch(place: GitPlace, sha: string): Promise<boolean> {
  const folder = await mkdtemp(join(place.folder, 'slipway-branches-'));
  const own = { ...place, folder };
  try {
    await makeRepository(own);
    const refs = await refsContaining(own, ['refs/heads/*'], sha);
    return [...refs].some((ref) => !isPassing(ref));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { Failure } from '@slipway/shared/failure/failure';
import { type ApiCall, type Reply, Unanswered } from '../github/api.ts';
import type { Asset } from './assets.ts';
import { type GitHubRelease, type ReleaseAsset, readRelease } from './release.ts';

/** Sends a request; an answer whose status is none of the good ones is a failure. */
export type AskApi = (call: ApiCall, good: readonly number[]) => Promise<Reply>;

const mostTries = 4;

/**
 * Uploads what a release does not have yet, and checks that the server has the same bytes. Half an
 * upload, and in a draft an older file of that name, is replaced.
 * @throws Failure `tag/immutable`, `tag/asset`, `tag/github`
 */
export async function uploadAssets(
  ask: AskApi,
  release: GitHubRelease,
  assets: readonly Asset[],
): Promise<void> {
  for (const asset of assets) {
    let there = release.assets.find(({ name }) => name === asset.name);
    for (let tries = 1; !isSame(there, asset); tries += 1) {
      refuseFrozen(release, asset, there);
      if (there) await remove(ask, there);
      there = await upload(ask, release, asset, tries);
    }
  }
}

function isSame(there: ReleaseAsset | undefined, { content, sha256 }: Asset): boolean {
  if (!there?.uploaded || there.size !== content.size) return false;
  return there.sha256 === '' || there.sha256 === sha256;
}

function refuseFrozen(
  release: GitHubRelease,
  { name }: Asset,
  there: ReleaseAsset | undefined,
): void {
  if (release.draft) return;
  const said = there ? `${name} is in it with another content` : `${name} is not in it`;
  if (release.immutable) throw Failure.of('tag/immutable', { tag: release.tag, said });
  if (there?.uploaded) {
    throw Failure.of('tag/asset', { asset: name, said: 'it was published with another content' });
  }
}

/** @returns what the release has under that name afterwards */
async function upload(
  ask: AskApi,
  release: GitHubRelease,
  { name, content }: Asset,
  tries: number,
): Promise<ReleaseAsset | undefined> {
  const what = `upload ${name}`;
  if (tries > mostTries) throw Failure.of('tag/github', { what, said: 'other bytes arrived' });
  const path = `${release.uploadUrl}?name=${encodeURIComponent(name)}`;
  try {
    const call = { method: 'POST', path, what, upload: content, repeatable: false } as const;
    const { status, said } = await ask(call, [201, 422]);
    if (status === 422 && !/already_exists/.test(said))
      throw Failure.of('tag/github', { what, said });
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (tries === mostTries) throw Failure.of('tag/github', { what, said: error.message }, error);
  }
  const look = {
    method: 'GET',
    path: `/releases/${release.id}`,
    what: `look at ${release.tag}`,
  } as const;
  const now = readRelease((await ask(look, [200])).body);
  return now?.assets.find((asset) => asset.name === name);
}

async function remove(ask: AskApi, { id, name }: ReleaseAsset): Promise<void> {
  const what = `remove the unfinished ${name}`;
  await ask({ method: 'DELETE', path: `/releases/assets/${id}`, what }, [204, 404]);
}

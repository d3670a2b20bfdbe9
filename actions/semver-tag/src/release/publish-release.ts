import { Failure } from '@slipway/shared/failure/failure';
import { type Api, type ApiCall, type Reply, Unanswered } from '../github/api.ts';
import { failureOf } from '../github/refusal.ts';
import type { Asset } from './assets.ts';
import { type GitHubRelease, readRelease } from './release.ts';
import { type AskApi, uploadAssets } from './upload-assets.ts';

/** What a release is to be. */
export interface WantedRelease {
  tag: string;
  /** The commit behind the tag. */
  sha: string;
  body: string;
  prerelease: boolean;
  /** Whether it is the highest version there is. */
  latest: boolean;
  publish: boolean;
  assets: readonly Asset[];
}

const mostTries = 4;

/**
 * Makes the release of a tag that exists: as a draft, with all its files, published at last, for an
 * immutable release takes nothing after that. What is there already is completed, never doubled; the
 * words of a published one are left to those who may have changed them.
 * @returns the release as it is now
 * @throws Failure `tag/immutable`, `tag/permission`, `tag/asset`, `tag/github`
 */
export async function publishRelease(api: Api, wanted: WantedRelease): Promise<GitHubRelease> {
  const { repository } = api;
  const ask = async (call: ApiCall, good: readonly number[]): Promise<Reply> => {
    const reply = await api.rest(call);
    if (good.includes(reply.status)) return reply;
    const accepted = reply.headers.get('x-accepted-github-permissions') ?? '';
    throw failureOf(
      { ...reply, what: call.what, accepted },
      { repository, tag: wanted.tag, sha: wanted.sha },
    );
  };
  let release = await findOrCreate(ask, wanted);
  if (release.draft && isOutdated(release, wanted)) {
    const { body, prerelease, tag: name } = wanted;
    release = await change(ask, release, { name, body, prerelease });
  }
  await uploadAssets(ask, release, wanted.assets);
  if (!release.draft || !wanted.publish) return release;
  try {
    const latest = wanted.latest && !wanted.prerelease;
    return await change(ask, release, { draft: false, make_latest: String(latest) });
  } catch (error) {
    // Another run published the same tag from a draft of its own.
    const other = await find(ask, wanted.tag);
    if (other && !other.draft && other.id !== release.id) return other;
    throw error;
  }
}

function isOutdated(release: GitHubRelease, { body, prerelease, tag }: WantedRelease): boolean {
  return release.body !== body || release.prerelease !== prerelease || release.name !== tag;
}

// GitHub lets one tag have several drafts. So this looks first, and again after it made one: of two
// runs that made one each, both go on with the older.
async function findOrCreate(ask: AskApi, wanted: WantedRelease): Promise<GitHubRelease> {
  const { tag, body, prerelease } = wanted;
  const what = `create the release ${tag}`;
  for (let tries = 1; ; tries += 1) {
    const found = await find(ask, tag);
    if (found) return found;
    try {
      const json = { tag_name: tag, name: tag, body, prerelease, draft: true };
      const call = { method: 'POST', path: '/releases', what, json, repeatable: false } as const;
      const made = readRelease((await ask(call, [201])).body);
      const chosen = (await find(ask, tag)) ?? made;
      if (!made || !chosen)
        throw Failure.of('tag/github', { what, said: 'the answer is no release' });
      if (chosen.id !== made.id) await remove(ask, made);
      return chosen;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (tries === mostTries) throw Failure.of('tag/github', { what, said: error.message }, error);
    }
  }
}

// A draft is found in the list only, and near its top as long as it matters.
async function find(ask: AskApi, tag: string): Promise<GitHubRelease | undefined> {
  const what = `look for the release ${tag}`;
  const list = await ask({ method: 'GET', path: '/releases?per_page=100', what }, [200]);
  const all = (Array.isArray(list.body) ? list.body : []).flatMap((one) => readRelease(one) ?? []);
  const own = all.filter((release) => release.tag === tag).sort((a, b) => a.id - b.id);
  const found = own.find(({ draft }) => !draft) ?? own[0];
  if (found) return found;
  const path = `/releases/tags/${tag.split('/').map(encodeURIComponent).join('/')}`;
  return readRelease((await ask({ method: 'GET', path, what }, [200, 404])).body);
}

async function change(
  ask: AskApi,
  { id, tag }: GitHubRelease,
  json: object,
): Promise<GitHubRelease> {
  const what = `update the release ${tag}`;
  const reply = await ask({ method: 'PATCH', path: `/releases/${id}`, what, json }, [200]);
  const release = readRelease(reply.body);
  if (!release) throw Failure.of('tag/github', { what, said: 'the answer is no release' });
  return release;
}

async function remove(ask: AskApi, { id, tag }: GitHubRelease): Promise<void> {
  const what = `remove a second draft of ${tag}`;
  await ask({ method: 'DELETE', path: `/releases/${id}`, what }, [204, 404]);
}

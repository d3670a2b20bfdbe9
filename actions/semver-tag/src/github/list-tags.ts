import { Failure } from '@slipway/shared/failure/failure';
import type { HttpFields } from '@slipway/shared/http/fetch';
import type { TagRef } from '../version/tags.ts';
import type { Api, Reply } from './api.ts';
import { failureOf } from './refusal.ts';

const mostPages = 200;

/**
 * All tags whose name starts with a prefix, in one request however many they are: the API does not
 * page this list. A server that does is followed to the last page.
 * Source: https://docs.github.com/rest/git/refs#list-matching-references
 * @throws Failure `tag/repository`, `tag/permission`, `tag/github`
 */
export async function listTags(api: Api, prefix: string): Promise<TagRef[]> {
  const what = `list the tags of ${api.repository}`;
  const name = prefix.split('/').map(encodeURIComponent).join('/');
  const found: TagRef[] = [];
  let path: string | undefined = `/git/matching-refs/tags/${name}`;
  for (let page = 0; path !== undefined; page += 1) {
    const reply: Reply = await api.rest({ method: 'GET', path, what });
    if (reply.status !== 200) {
      throw failureOf({ what, ...reply }, { repository: api.repository, tag: '', sha: '' });
    }
    if (!Array.isArray(reply.body) || page === mostPages) {
      throw Failure.of('tag/github', { what, said: 'the list is none, or has no end' });
    }
    for (const entry of reply.body) found.push(readRef(entry, what));
    path = nextPage(reply.headers);
  }
  return found;
}

// There may be ten thousand of them, so nothing is made that is not kept.
function readRef(entry: unknown, what: string): TagRef {
  if (isObject(entry) && 'ref' in entry && 'object' in entry && isObject(entry.object)) {
    const { ref, object } = entry;
    const oid = 'sha' in object ? object.sha : undefined;
    if (typeof ref === 'string' && ref.startsWith('refs/tags/') && typeof oid === 'string') {
      const commit = 'type' in object && object.type === 'commit' ? oid : undefined;
      return { name: ref.slice('refs/tags/'.length), oid, commit };
    }
  }
  throw Failure.of('tag/github', { what, said: 'an entry of the list is no tag' });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Address of the next page in the header `Link` (RFC 8288). */
export function nextPage(headers: HttpFields): string | undefined {
  return /<([^>]+)>;\s*rel="next"/.exec(headers.get('link') ?? '')?.[1];
}

import { Failure } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import type { Api } from './api.ts';
import { failureOf } from './refusal.ts';

/** An annotated tag before it has a ref. */
export interface TagObject {
  name: string;
  message: string;
  /** The commit. */
  sha: string;
  tagger: { name: string; email: string };
  /** Milliseconds since the epoch. */
  time: number;
}

/**
 * Makes the object of an annotated tag. Nobody sees it until a ref points to it, so one that is
 * left behind does no harm.
 * Source: https://docs.github.com/rest/git/tags#create-a-tag-object
 * @returns its object id
 * @throws Failure `tag/permission`, `tag/commit`, `tag/repository`, `tag/github`
 */
export async function createTagObject(api: Api, tag: TagObject): Promise<string> {
  const { name, message, sha, tagger, time } = tag;
  const what = `make the tag object ${name}`;
  const date = new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
  const json = { tag: name, message, object: sha, type: 'commit', tagger: { ...tagger, date } };
  const reply = await api.rest({ method: 'POST', path: '/git/tags', what, json });
  const oid = textField(reply.body, 'sha');
  const { repository } = api;
  if (reply.status === 201 && oid !== undefined) return oid;
  if (/object does not exist/i.test(reply.said))
    throw Failure.of('tag/commit', { sha, repository });
  const accepted = reply.headers.get('x-accepted-github-permissions') ?? '';
  throw failureOf({ what, ...reply, accepted }, { repository, tag: name, sha });
}

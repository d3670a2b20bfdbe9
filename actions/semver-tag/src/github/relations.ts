import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import type { TagRef } from '../version/tags.ts';
import type { Api } from './api.ts';

/** How the commit of a tag lies to the head: in its history, the head in its own, or neither. */
export type Relation = 'before' | 'after' | 'beside';

/** In the words of GitHub, which tell how the head lies to the tag. */
const relationOf: Readonly<Record<string, Relation>> = {
  AHEAD: 'before',
  IDENTICAL: 'before',
  BEHIND: 'after',
  DIVERGED: 'beside',
};

/**
 * How tags lie to a commit, for many of them in one request. A hint that saves
 * requests: what GitHub leaves open here has to be compared one by one.
 * Source: https://docs.github.com/graphql/reference/git#object-ref
 * @returns by the name of the tag; without those that are not told
 */
export async function readRelations(
  api: Api,
  sha: string,
  tags: readonly TagRef[],
): Promise<ReadonlyMap<string, Relation>> {
  const [owner = '', name = ''] = api.repository.split('/');
  const declared = tags.map((_, index) => `, $t${index}: String!`).join('');
  const asked = tags.map(
    (_, index) => `t${index}: ref(qualifiedName: $t${index}) { compare(headRef: $sha) { status } }`,
  );
  const query = `query($owner: String!, $name: String!, $sha: String!${declared}) {
  repository(owner: $owner, name: $name) {
    ${asked.join('\n    ')}
  }
}`;
  const refs = Object.fromEntries(tags.map((tag, index) => [`t${index}`, `refs/tags/${tag.name}`]));
  const what = `compare tags with ${sha}`;
  const asking = api.graphql(query, { owner, name, sha, ...refs }, what, { tries: 2 });
  const { data } = await asking.catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'tag/github') return { data: undefined };
    throw error;
  });
  const relations = new Map<string, Relation>();
  tags.forEach((tag, index) => {
    const compared = field(field(field(data, 'repository'), `t${index}`), 'compare');
    const relation = relationOf[textField(compared, 'status') ?? ''];
    if (relation) relations.set(tag.name, relation);
  });
  return relations;
}

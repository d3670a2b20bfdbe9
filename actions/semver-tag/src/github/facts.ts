import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import type { Api } from './api.ts';
import { failureOf } from './refusal.ts';

/** What GitHub knows about a commit and some tags, asked in one request. */
export interface RepositoryFacts {
  /** Node id, for mutations. */
  repositoryId: string;
  /** When the head was committed, in milliseconds since the epoch. */
  headTime: number;
  /** The commit behind each tag, and what the ref holds; without those that are not there. */
  tags: ReadonlyMap<string, { oid: string; commit: string }>;
}

/** How many tags of tags are followed; `git tag` of a tag is rare, of that one unheard of. */
const target =
  'target { __typename oid ... on Tag { target { __typename oid ... on Tag { target { __typename oid } } } } }';

/**
 * Reads a repository's id, a commit's time, and the commits behind tags.
 * Source: https://docs.github.com/graphql/reference/git#object-ref
 * @param tags at most 100 names, without `refs/tags/`
 * @throws Failure `tag/commit` when the repository has no such commit; `tag/repository`
 */
export async function readFacts(
  api: Api,
  sha: string,
  tags: readonly string[],
): Promise<RepositoryFacts> {
  const [owner = '', name = ''] = api.repository.split('/');
  const what = `read ${api.repository}`;
  const declared = tags.map((_, index) => `, $t${index}: String!`).join('');
  const asked = tags.map((_, index) => `t${index}: ref(qualifiedName: $t${index}) { ${target} }`);
  const query = `query($owner: String!, $name: String!, $sha: GitObjectID!${declared}) {
  repository(owner: $owner, name: $name) {
    id
    head: object(oid: $sha) { __typename ... on Commit { committedDate } }
    ${asked.join('\n    ')}
  }
}`;
  const names = Object.fromEntries(tags.map((tag, index) => [`t${index}`, `refs/tags/${tag}`]));
  const { data, errors } = await api.graphql(query, { owner, name, sha, ...names }, what);
  const subject = { repository: api.repository, tag: '', sha };
  const [error] = errors;
  if (error) throw failureOf({ what, ...error }, subject);
  const repository = field(data, 'repository');
  const repositoryId = textField(repository, 'id');
  const date = textField(field(repository, 'head'), 'committedDate');
  if (repositoryId === undefined) {
    throw Failure.of('tag/github', { what, said: 'the answer has no repository' });
  }
  if (date === undefined) throw Failure.of('tag/commit', subject);
  const found = new Map<string, { oid: string; commit: string }>();
  tags.forEach((tag, index) => {
    const object = field(field(repository, `t${index}`), 'target');
    const oid = textField(object, 'oid');
    const commit = commitOf(object);
    if (oid !== undefined && commit !== undefined) found.set(tag, { oid, commit });
  });
  return { repositoryId, headTime: Date.parse(date), tags: found };
}

function commitOf(object: unknown): string | undefined {
  const inner = field(object, 'target');
  if (inner !== undefined) return commitOf(inner);
  return textField(object, '__typename') === 'Commit' ? textField(object, 'oid') : undefined;
}

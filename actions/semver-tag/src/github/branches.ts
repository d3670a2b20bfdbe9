import { Failure } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import type { Api } from './api.ts';

/** Branches of GitHub's own, which a merge queue makes and removes again. */
export function isPassing(ref: string): boolean {
  return ref.startsWith('refs/heads/gh-readonly-queue/');
}

/**
 * Whether a commit is in the history of the default branch, or of one of some others.
 * Source: https://docs.github.com/graphql/reference/git#object-ref
 * @param refs in full, `refs/heads/main`; what is no branch is left out
 * @returns false also where GitHub does not tell, or the branch is another one
 */
export async function isOnBranch(api: Api, sha: string, refs: readonly string[]): Promise<boolean> {
  const [owner = '', name = ''] = api.repository.split('/');
  const branches = [...new Set(refs)].filter(
    (ref) => ref.startsWith('refs/heads/') && !isPassing(ref),
  );
  const declared = branches.map((_, index) => `, $b${index}: String!`).join('');
  const compared = '{ compare(headRef: $sha) { status } }';
  const asked = branches.map((_, index) => `b${index}: ref(qualifiedName: $b${index}) ${compared}`);
  const query = `query($owner: String!, $name: String!, $sha: String!${declared}) {
  repository(owner: $owner, name: $name) {
    main: defaultBranchRef ${compared}
    ${asked.join('\n    ')}
  }
}`;
  const names = Object.fromEntries(branches.map((branch, index) => [`b${index}`, branch]));
  const what = `look for ${sha} on a branch`;
  const { data } = await api
    .graphql(query, { owner, name, sha, ...names }, what, { tries: 2 })
    .catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'tag/github') return { data: undefined };
      throw error;
    });
  const repository = field(data, 'repository');
  return ['main', ...Object.keys(names)].some((key) => {
    const status = textField(field(field(repository, key), 'compare'), 'status');
    return status === 'BEHIND' || status === 'IDENTICAL';
  });
}

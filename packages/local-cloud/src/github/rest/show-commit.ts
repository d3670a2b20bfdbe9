import type { components } from '@octokit/openapi-types';
import type { ChangedFile } from '../git/files.ts';
import { type Commit, type Person, utc } from '../git/object.ts';
import { objectNode } from '../node-id.ts';
import { pageUrl, repositoryUrl, type World } from '../world.ts';

type Schemas = components['schemas'];

/** A commit as REST shows it. Nobody here has an account, so `author` and `committer` are null. */
export function showCommit(world: World, commit: Commit): Schemas['commit'] {
  const { oid, tree, parents, message } = commit;
  const url = `${repositoryUrl(world)}/commits/${oid}`;
  const page = pageUrl(world);
  return {
    sha: oid,
    node_id: objectNode(world.id, 'C', oid),
    commit: {
      author: showPerson(commit.author),
      committer: showPerson(commit.committer),
      message,
      tree: { sha: tree, url: `${repositoryUrl(world)}/git/trees/${tree}` },
      url: `${repositoryUrl(world)}/git/commits/${oid}`,
      comment_count: 0,
      verification: showVerification(commit.signature),
    },
    url,
    html_url: `${page}/commit/${oid}`,
    comments_url: `${url}/comments`,
    author: null,
    committer: null,
    parents: parents.map((sha) => ({
      sha,
      url: `${repositoryUrl(world)}/commits/${sha}`,
      html_url: `${page}/commit/${sha}`,
    })),
  };
}

/** @param commit that the file is shown in */
export function showFile(world: World, commit: string, file: ChangedFile): Schemas['diff-entry'] {
  const { additions, deletions, oid, patch, path, previousPath, status } = file;
  const encoded = encodeURIComponent(path);
  return {
    sha: oid,
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${pageUrl(world)}/blob/${commit}/${encoded}`,
    raw_url: `${pageUrl(world)}/raw/${commit}/${encoded}`,
    contents_url: `${repositoryUrl(world)}/contents/${encoded}?ref=${commit}`,
    ...(patch !== undefined && { patch }),
    ...(previousPath !== undefined && { previous_filename: previousPath }),
  };
}

function showPerson(person: Person) {
  return { name: person.name, email: person.email, date: utc(person) };
}

function showVerification(signature: string): Schemas['verification'] {
  return signature === ''
    ? { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }
    : { verified: false, reason: 'unknown_key', signature, payload: null, verified_at: null };
}

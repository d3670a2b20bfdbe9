import type { components } from '@octokit/openapi-types';
import { jsonAnswer } from '../../http/exchange.ts';
import { repositoryNode } from '../node-id.ts';
import { pageUrl, repositoryUrl, type World } from '../world.ts';
import type { Route } from './route.ts';
import { showUser } from './user.ts';

/**
 * The repository itself.
 * Source: https://docs.github.com/rest/repos/repos#get-a-repository
 */
export const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: /^$/,
    docs: 'repos/repos#get-a-repository',
    needs: {},
    async run({ world }) {
      const defaultBranch = await world.git.defaultBranch();
      const shown: components['schemas']['full-repository'] = {
        ...showRepository(world, defaultBranch),
        created_at: created,
        updated_at: created,
        pushed_at: created,
        network_count: 0,
        subscribers_count: 0,
        organization: showUser(world, world.owner, 'Organization'),
      };
      return jsonAnswer(200, shown);
    },
  },
];

const created = '2020-01-01T00:00:00Z';

/** The repository as it is shown in lists and in pull requests. */
export function showRepository(world: World, defaultBranch: string) {
  const url = repositoryUrl(world);
  const page = pageUrl(world);
  const { name, owner, settings } = world;
  const { contents } = settings.permissions;
  return {
    id: world.id,
    node_id: repositoryNode(world.id),
    name,
    full_name: `${owner}/${name}`,
    owner: showUser(world, owner, 'Organization'),
    private: settings.private,
    html_url: page,
    description: null,
    fork: false,
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
    clone_url: `${page}.git`,
    git_url: `git:${page.replace(/^https?:/, '')}.git`,
    ssh_url: `git@${new URL(page).hostname}:${owner}/${name}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    size: 0,
    default_branch: defaultBranch,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    has_downloads: false,
    archived: false,
    disabled: false,
    visibility: settings.private ? 'private' : 'public',
    created_at: created,
    updated_at: created,
    pushed_at: created,
    permissions: {
      admin: false,
      maintain: false,
      push: contents === 'write',
      pull: true,
      triage: false,
    },
  } satisfies components['schemas']['repository'];
}

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { readGitHubContext } from '@slipway/shared/action/github';
import {
  commitId,
  type GitInputs,
  type GitSource,
  gitSource,
  gitToken,
} from '../../src/git/git-source.ts';

const sha = '0123456789abcdef0123456789abcdef01234567';
const { privateKey } = generateKeyPairSync('ed25519');
const key = {
  kind: 'PRIVATE KEY',
  text: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
const locked = {
  kind: 'ENCRYPTED PRIVATE KEY',
  text: privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    .toString(),
};
const nothing: GitInputs = {
  source: undefined,
  commit: undefined,
  'deploy-key': undefined,
  token: undefined,
};

/** What the inputs come to, or the problems with them. */
function read(inputs: Partial<GitInputs>, env: Record<string, string> = {}) {
  const run = readGitHubContext({
    GITHUB_SERVER_URL: 'https://ghe.example.com',
    GITHUB_REPOSITORY: 'octo/shop',
    GITHUB_SHA: sha,
    ...env,
  });
  const problems: string[] = [];
  const problem = (name: string, wrong: string) => problems.push(`${name} ${wrong}`);
  const source = gitSource({ ...nothing, ...inputs }, run, problem);
  return problems.length > 0 ? problems : source;
}

const summary = (read: GitSource | string[] | undefined) =>
  read && 'repository' in read ? [read.repository.address, read.commit, read.token?.origin] : read;

describe('mode git', () => {
  const own = 'https://ghe.example.com/octo/shop';
  const other = 'f'.repeat(64);
  it.each<[string, Partial<GitInputs>, Array<string | undefined>]>([
    ['nothing else', {}, [own, sha, undefined]],
    ['a token', { token: 'secret' }, [own, sha, 'https://ghe.example.com']],
    ['a deploy key', { 'deploy-key': key }, ['git@ghe.example.com:octo/shop.git', sha, undefined]],
    ['a commit', { commit: other }, [own, other, undefined]],
    ['an address', { source: 'git@host:x' }, ['git@host:x', sha, undefined]],
  ])('deploys, told %s', (_, inputs, wanted) => {
    expect(summary(read(inputs))).toEqual(wanted);
  });

  it.each<[string, Partial<GitInputs>, Record<string, string>, string]>([
    ['no commit', {}, { GITHUB_SHA: '' }, 'commit is required: the run has no commit'],
    ['no repository', {}, { GITHUB_REPOSITORY: '' }, 'source is empty'],
    ['a local path', { source: '/srv/git/shop' }, {}, 'source is neither https'],
    ['a token over SSH', { source: 'git@h:x', token: 'x' }, {}, 'token needs an https address'],
    [
      'a deploy key over https',
      { source: own, 'deploy-key': key },
      {},
      'deploy-key needs an SSH address in source',
    ],
    ['a locked deploy key', { 'deploy-key': locked }, {}, 'deploy-key has a passphrase'],
    [
      'a damaged deploy key',
      { 'deploy-key': { kind: 'PRIVATE KEY', text: 'x' } },
      {},
      'deploy-key is damaged or cut off',
    ],
  ])('refuses %s', (_, inputs, env, wrong) => {
    expect(read(inputs, env)).toEqual([expect.stringContaining(wrong)]);
  });

  it.each(['main', 'v1.2.3', 'HEAD', sha.slice(1), sha.toUpperCase(), `${sha}0`])(
    'takes no %s for a commit',
    (text) => {
      expect(() => commitId.parse(text)).toThrow(/^is (?:only a part of|not a full commit id)/);
    },
  );

  it.each([
    ['', []],
    ['ghs_1', ['ghs_1', 'ghs_1', Buffer.from('x-access-token:ghs_1').toString('base64')]],
    ['bot:ghs_1', ['bot:ghs_1', 'ghs_1', Buffer.from('bot:ghs_1').toString('base64')]],
  ])('masks of the token %j also what goes over the line', (token, masks) => {
    expect(gitToken.secrets?.(token)).toEqual(masks);
  });
});

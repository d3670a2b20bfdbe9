import type { GitHubContext } from '@slipway/shared/action/github';
import { BadInput, type Input, secret, text } from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import type { PrivateKeyText } from '../keys/private-key.ts';
import { BadPassphrase, readKey, type SshKey } from '../keys/ssh-key.ts';
import { loginOf } from './repository/access.ts';
import { type GitRepository, repositoryAddress } from './repository/repository.ts';

/** What mode `git` was told. */
export interface GitSource {
  repository: GitRepository;
  /** In full. */
  commit: string;
  deployKey: SshKey | undefined;
  token: { text: string; origin: string } | undefined;
}

/** The inputs that mode `git` reads. */
export interface GitInputs {
  source: string | undefined;
  commit: string | undefined;
  'deploy-key': PrivateKeyText | undefined;
  token: string | undefined;
}

const commitExample = '0123456789abcdef0123456789abcdef01234567';
const fullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A commit by its full id: a name would mean another commit on the next host. */
export const commitId: Input<string> = {
  example: commitExample,
  parse(value) {
    if (!fullId.test(value)) {
      const short = /^[0-9a-f]{4,63}$/.test(value);
      throw new BadInput(
        short
          ? 'is only a part of a commit id'
          : 'is not a full commit id but maybe a branch or tag',
        commitExample,
      );
    }
    return value;
  },
};

/** A token; what goes over the line for it is as secret as itself. */
export const gitToken: Input<string> = {
  ...secret(text),
  longest: 20_000,
  secrets(value) {
    if (value === '') return [];
    const { user, password } = loginOf(value);
    return [value, password, Buffer.from(`${user}:${password}`).toString('base64')];
  },
};

/** Checks what mode `git` was told, and fills in what the run knows. */
export function gitSource(
  inputs: GitInputs,
  { serverUrl, repository: slug, sha }: GitHubContext,
  problem: Problem,
): GitSource | undefined {
  const commit = inputs.commit ?? sha;
  if (!fullId.test(commit)) problem('commit', 'is required: the run has no commit', commitExample);
  const given = inputs['deploy-key'];
  const address = inputs.source ?? defaultAddress(serverUrl, slug, given !== undefined);
  const deployKey = given && readDeployKey(given, problem);
  let repository: GitRepository;
  try {
    repository = repositoryAddress.parse(address);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    problem('source', error.message, error.example);
    return undefined;
  }
  if (given && repository.kind !== 'ssh') {
    problem('deploy-key', 'needs an SSH address in source', 'git@github.com:owner/repository.git');
  }
  if (inputs.token && repository.kind !== 'https') {
    problem('token', 'needs an https address in source', 'https://github.com/owner/repository');
  }
  const token =
    inputs.token && repository.kind === 'https'
      ? { text: inputs.token, origin: repository.origin }
      : undefined;
  return { repository, commit, deployKey, token };
}

function defaultAddress(serverUrl: string, slug: string, overSsh: boolean): string {
  if (slug === '') return '';
  const host = URL.canParse(serverUrl) ? new URL(serverUrl).hostname : '';
  return overSsh ? `git@${host}:${slug}.git` : `${serverUrl}/${slug}`;
}

function readDeployKey(given: PrivateKeyText, problem: Problem): SshKey | undefined {
  try {
    return readKey(given, undefined);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const locked = error instanceof BadPassphrase;
    problem(
      'deploy-key',
      locked ? 'has a passphrase' : error.message,
      locked ? 'a key that `ssh-keygen -N ""` made' : error.example,
    );
    return undefined;
  }
}

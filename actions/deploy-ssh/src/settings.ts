import {
  BadInput,
  boolean,
  choice,
  count,
  duration,
  type Input,
  lines,
  secret,
  text,
} from '@slipway/shared/action/input';
import { realPathIn } from '@slipway/shared/action/path-input';
import type { Run } from '@slipway/shared/action/run';
import type { FileInputs } from '@slipway/shared/action/settings-file';
import { checkDeployInputs, deployInputs, imageExample } from '@slipway/shared/deploy/inputs';
import { commitId, type GitSource, gitSource, gitToken } from './git/git-source.ts';
import { oldRelease } from './host/release-id.ts';
import { givenKey } from './keys/given-key.ts';
import { knownHosts } from './keys/known-hosts.ts';
import { privateKey } from './keys/private-key.ts';
import type { SshKey } from './keys/ssh-key.ts';
import type { manifest } from './manifest.ts';
import { sharedPath, sharedProblem } from './release/shared-paths.ts';
import { hostAddress } from './ssh/address.ts';
import { reservedNames } from './ssh/shell.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** Reads and checks all inputs; loads nothing heavy. */
export function readSettings(run: Run<typeof manifest>, file?: FileInputs | BadInput) {
  let key: SshKey | undefined;
  let git: GitSource | undefined;
  let jumpKey: SshKey | undefined;
  const values = run.inputs(
    {
      ...deployInputs,
      hosts: lines(hostAddress),
      'private-key': privateKey,
      passphrase: secret(text),
      'known-hosts': knownHosts,
      jump: lines(hostAddress),
      'jump-private-key': privateKey,
      'jump-passphrase': secret(text),
      path: hostPath,
      mode: choice('compose', 'release', 'git'),
      source: text,
      commit: commitId,
      'deploy-key': privateKey,
      token: gitToken,
      submodules: boolean,
      release: oldRelease,
      'registry-username': text,
      'registry-password': { ...secret(text), longest: 20_000 },
      shared: lines(sharedPath),
      before: scriptText,
      migrate: scriptText,
      'migrate-timeout': duration('1s', '6h'),
      restart: lines(text),
      after: scriptText,
      keep: count(1, 1_000),
      'max-parallel': count(1, 100),
      'lock-timeout': duration('0s', '6h'),
    },
    (values, problem) => {
      key = givenKey('private-key', values, problem);
      jumpKey = givenKey('jump-private-key', values, problem);
      if (values['jump-private-key'] && !values.jump) {
        problem('jump-private-key', 'needs jump', 'deploy@bastion.example.com');
      }
      const names = values.hosts.map(({ host, port }) => `${host.toLowerCase()}:${port}`);
      const twice = values.hosts.find((_, index) => names.indexOf(names[index] ?? '') !== index);
      if (twice) problem('hosts', `names ${twice.text} twice`, 'each host once');
      checkMode(values, problem);
      if (values.mode === 'git') git = gitSource(values, run.github, problem);
      else if (realPathIn([workspaceOf(run)], values.source ?? '') === undefined) {
        problem('source', 'is not a path inside the workspace', 'compose.yaml');
      }
      const ownEnv = (values.env?.size ?? 0) + (values.secrets?.size ?? 0) > 0;
      const wrong = sharedProblem(values.shared ?? [], ownEnv);
      if (wrong) problem('shared', wrong, 'storage/');
      checkDeployInputs(values, problem);
      if (
        (values['registry-username'] === undefined) !==
        (values['registry-password'] === undefined)
      ) {
        problem('registry-username', 'and registry-password go together', 'octocat');
      }
      for (const name of ['env', 'secrets'] as const) {
        for (const own of ownNames.filter((key) => values[name]?.has(key))) {
          problem(name, `has the key ${own}, which the action sets`, `APP_${own}=…`);
        }
        for (const reserved of [...(values[name]?.keys() ?? [])].filter((k) =>
          reservedNames.test(k),
        )) {
          problem(
            name,
            `has the key ${reserved}, which the shell of the host needs`,
            `APP_${reserved}=…`,
          );
        }
      }
    },
    file,
  );
  if (!key) throw new Error('private-key was not checked');
  return { ...values, key, jumpKey, git };
}

// With a value of the user's, scripts and Compose would read another one than the action says.
const ownNames = [
  'IMAGE',
  'SLIPWAY_RELEASE',
  'SLIPWAY_COMMIT',
  'COMPOSE_FILE',
  'COMPOSE_PROJECT_NAME',
] as const;

// What belongs to one mode only is a mistake in the other.
function checkMode(
  values: Readonly<Record<string, unknown>>,
  problem: (input: string, wrong: string, example?: string) => void,
): void {
  const release = values['mode'] !== 'compose';
  const foreign = [
    ...(release ? ['image', 'registry-username', 'registry-password', 'health-path'] : ['shared']),
    ...(values['mode'] === 'git' ? [] : ['commit', 'deploy-key', 'token']),
  ];
  for (const name of foreign) {
    if (values[name] !== undefined) problem(name, `has no meaning in mode ${values['mode']}`);
  }
  if (!release && values['image'] === undefined && values['release'] === undefined) {
    problem('image', 'is required for mode compose', imageExample);
  }
}

const scriptText: Input<string> = { multiline: true, longest: 50_000, parse: (value) => value };

const folder = '/srv/app';

const hostPath: Input<string> = {
  example: folder,
  parse(value) {
    if (!value.startsWith('/')) throw new BadInput('is not an absolute path', folder);
    if (value.split('/').includes('..')) throw new BadInput('contains ..', folder);
    const clean = value.replace(/\/+/g, '/').replace(/\/$/, '');
    if (clean.split('/').length < 3) throw new BadInput('is too near the root of the host', folder);
    return clean;
  },
};

/** Where the job has its files. */
export function workspaceOf({ env }: Pick<Run<typeof manifest>, 'env'>): string {
  return env['GITHUB_WORKSPACE'] || process.cwd();
}

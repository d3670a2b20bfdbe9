import {
  BadInput,
  choice,
  duration,
  type Input,
  lines,
  matching,
  secret,
  text,
} from '@slipway/shared/action/input';
import type { Run } from '@slipway/shared/action/run';
import type { manifest } from './manifest.ts';
import { parseRange, rangeOfBranch, type VersionRange } from './version/range.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** A run of this action. */
export type ActionRun = Run<typeof manifest>;

// What `version` says, or that there is none.
const expectedVersion =
  /^(?:none|(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)$/;
const plainVersion = /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})$/;

/** Reads and checks all inputs; loads nothing heavy and asks nobody. */
export function readSettings(run: ActionRun) {
  const { github } = run;
  const values = run.inputs(
    {
      mode: choice('release', 'prerelease', 'dev', 'preview'),
      prefix: tagPrefix,
      'initial-version': matching(plainVersion, 'is not a version of three numbers', '0.1.0'),
      'zero-major': choice('keep', 'shift', 'leave'),
      'no-bump': choice('skip', 'patch', 'minor', 'fail'),
      bump: bumpInput,
      channel: channelName,
      range: rangeInput,
      paths: lines(repositoryPath),
      'expect-version': matching(expectedVersion, 'is neither a version nor none', '1.3.0'),
      sha: matching(/^[0-9a-f]{40}$/, 'is not the full name of a commit', '40 letters and digits'),
      'moving-tags': choice('none', 'major', 'minor'),
      release: choice('none', 'draft', 'published'),
      assets: lines(assetGlob),
      tagger: person,
      'signing-key': signingKey,
      timeout: duration('1s', '6h'),
      token: { ...secret(text), longest: 20_000, example: 'the token of the job' },
    },
    (given, problem) => {
      if (!given.sha && !/^[0-9a-f]{40}$/.test(github.sha)) {
        problem('sha', 'is required outside of a run on GitHub', '40 letters and digits');
      }
      if (!/^[^/\s]+\/[^/\s]+$/.test(github.repository)) {
        problem('token', 'is for no repository: GITHUB_REPOSITORY is not owner/name');
      }
      // Its default in action.yml is one that only a runner fills in.
      if (given.token === undefined) problem('token', 'is required', 'the token of the job');
      const writes = given.mode === 'release' || given.mode === 'prerelease';
      if (!writes && given.release !== 'none') {
        problem('release', `has no meaning in mode ${given.mode}, which writes nothing`, 'none');
      }
      if (given.channel !== 'rc' && given.mode !== 'prerelease') {
        problem('channel', `has no meaning in mode ${given.mode}`, 'mode: prerelease');
      }
      if (given.assets && given.release === 'none') {
        problem('assets', 'needs a release', 'release: published');
      }
    },
  );
  const range: VersionRange | undefined = values.range ?? rangeOfBranch(github.ref);
  // Given and empty is a prefix too; a runner fills in the default only where it was left out.
  const prefix = run.env['INPUT_PREFIX'] === '' ? '' : values.prefix;
  return { ...values, prefix, token: values.token ?? '', sha: values.sha ?? github.sha, range };
}

// What git allows in a ref, without what would make the tag another kind of argument or ref.
const tagPrefix: Input<string> = {
  example: 'v',
  parse(value) {
    const bad = /[\s~^:?*[\\\x00-\x20\x7f]|\.\.|@\{|\/\/|\/\.|\.lock\/|^[-/.]/.exec(value)?.[0];
    if (bad !== undefined)
      throw new BadInput(`has ${JSON.stringify(bad)}, which no tag may have`, 'v or api-v');
    return value;
  },
};

const bumpInput: Input<string> = {
  example: 'auto',
  parse(value) {
    if (['auto', 'major', 'minor', 'patch'].includes(value) || plainVersion.test(value))
      return value;
    throw new BadInput(
      'is not one of auto, major, minor, patch, or a version of three numbers',
      'auto or 2.0.0',
    );
  },
};

const channelName: Input<string> = {
  example: 'rc',
  parse(value) {
    if (!/^[0-9A-Za-z-]{1,60}$/.test(value)) {
      throw new BadInput('has more in it than letters, digits and hyphens', 'rc');
    }
    if (/^\d+$/.test(value)) throw new BadInput('is a number, which would count as one', 'rc');
    if (value === 'dev') throw new BadInput('is what mode dev calls its versions', 'rc');
    return value;
  },
};

const rangeInput: Input<VersionRange> = {
  example: '1.x',
  parse(value) {
    const range = parseRange(value);
    if (!range) throw new BadInput('is not a range', '1.x or 1.2.x');
    return range;
  },
};

const repositoryPath: Input<string> = {
  example: 'packages/api',
  parse(value) {
    if (value.startsWith('/') || value.split('/').includes('..')) {
      throw new BadInput(`is not a path inside the repository: ${value}`, 'packages/api');
    }
    return value.replace(/^(?:\.\/)+/, '');
  },
};

const assetGlob: Input<string> = {
  example: 'out/*.tar.gz',
  parse(value) {
    if (/^[/~]|^[A-Za-z]:/.test(value) || value.split(/[\\/]/).includes('..')) {
      throw new BadInput(`is not a path inside the workspace: ${value}`, 'out/*.tar.gz');
    }
    return value;
  },
};

const keyExample = 'the whole file, from -----BEGIN OPENSSH PRIVATE KEY----- to the END line';

const signingKey: Input<string> = {
  ...secret({
    parse(value: string) {
      const text = value.trim();
      if (
        !/^-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n[\s\S]+-----END [A-Z ]*PRIVATE KEY-----$/.test(
          text,
        )
      ) {
        throw new BadInput('is not an SSH private key', keyExample);
      }
      return text;
    },
  }),
  multiline: true,
  longest: 20_000,
  example: keyExample,
};

const person: Input<{ name: string; email: string }> = {
  example: 'Octo Cat <octo@example.com>',
  parse(value) {
    const [, name, email] = /^([^<>]*[^<>\s])\s*<([^<>\s]+)>$/.exec(value) ?? [];
    if (name === undefined || email === undefined) {
      throw new BadInput('is not a name and an address', 'Octo Cat <octo@example.com>');
    }
    return { name, email };
  },
};

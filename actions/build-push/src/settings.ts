import { resolve } from 'node:path';
import {
  BadInput,
  boolean,
  choice,
  type Input,
  matching,
  text,
} from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import { map, secretMap } from '@slipway/shared/action/key-values';
import { folderIn, isEmptyFolder, isFile, realPathIn } from '@slipway/shared/action/path-input';
import type { Run } from '@slipway/shared/action/run';
import { checkRegistryLogin } from '@slipway/shared/identity/check-login';
import {
  givenForRegistries,
  registryInputs,
  tellLoginProblems,
} from '@slipway/shared/identity/registry-inputs';
import { type ImageReference, repositoryName } from '@slipway/shared/image/reference';
import { existingImage, repositoryList } from './image-input.ts';
import type { manifest } from './manifest.ts';
import { platformList } from './platform-input.ts';
import { repositorySettings } from './repository-settings.ts';
import { InvalidTags } from './tags/invalid-tags.ts';
import { parseRules } from './tags/parse-rules.ts';
import type { Rule } from './tags/rule.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** Reads and checks all inputs; loads nothing heavy and changes nothing. */
export function readSettings(run: Run<typeof manifest>) {
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  const settings = run.inputs(
    {
      image: repositoryList,
      version: matching(semanticVersion, 'is not a version of three numbers', '1.2.3'),
      context: folderIn(workspace),
      file: text,
      target: matching(/^\w[\w.-]*$/, 'is not the name of a stage', 'runtime'),
      platforms: platformList,
      'build-args': map({ example: 'NODE_ENV=production' }),
      'build-secrets': secretMap({ keys: secretId, example: 'npm_token=…', longest: 500_000 }),
      labels: map({ keys: labelKey, example: 'org.opencontainers.image.title=Shop' }),
      tags: tagRules,
      cache: choice('none', 'registry', 'gha'),
      provenance: choice('false', 'min', 'max'),
      sbom: boolean,
      push: boolean,
      'move-tags': boolean,
      from: existingImage,
      'create-repository': boolean,
      'repository-settings': repositorySettings,
      ...registryInputs,
    },
    (given, problem) => {
      const names = given.image.map(repositoryName);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice) problem('image', `names ${twice} twice`, 'each repository once');
      const login = givenForRegistries(given);
      tellLoginProblems(checkRegistryLogin(login, hostsOf(given.image)), problem);
      if (given['repository-settings'] && !given['create-repository']) {
        problem('repository-settings', 'needs create-repository', 'create-repository: true');
      }
      if (given['create-repository'] && !given['aws-role']) {
        const example = 'arn:aws:iam::123456789012:role/deploy';
        problem('create-repository', 'needs aws-role: only Amazon ECR has to be told', example);
      }
      if (given.from) checkPromotion(given, problem);
      else checkDockerfile(workspace, given, problem);
    },
  );
  if (/[A-Z]/.test(run.env['INPUT_IMAGE'] ?? '')) {
    const names = settings.image.map(repositoryName).join(', ');
    run.commands.notice(`Images have names in lower case: ${names}.`, 'build-push');
  }
  return settings;
}

/** Hosts of some references, each once. */
export function hostsOf(references: readonly ImageReference[]): string[] {
  return [...new Set(references.map(({ registry }) => registry))];
}

// Source: https://semver.org, without build metadata, which a tag cannot have
const semanticVersion =
  /^(?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const secretId = /^[\w.-]+$/;
const labelKey = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

const tagRules: Input<Rule[]> = {
  multiline: true,
  longest: 100_000,
  parse(value) {
    try {
      return parseRules(value);
    } catch (error) {
      if (!(error instanceof InvalidTags)) throw error;
      const problems = error.problems.map((problem) => problem.replace(/^Input tags, /, ''));
      const [example = '', ...wrong] = problems.join('\n').split('. Valid: ').reverse();
      throw new BadInput(`is wrong: ${wrong.reverse().join('. Valid: ')}`, example);
    }
  },
};

const buildInputs = [
  'file',
  'target',
  'platforms',
  'build-args',
  'build-secrets',
  'labels',
] as const;

function checkPromotion(
  given: { push: boolean } & Record<(typeof buildInputs)[number], unknown>,
  problem: Problem,
): void {
  if (!given.push) problem('push', 'cannot be false together with from', 'true');
  for (const name of buildInputs) {
    if (given[name] === undefined) continue;
    problem(name, 'has no effect on an image that is promoted with from', 'leave it out');
  }
}

function checkDockerfile(
  workspace: string,
  { context, file }: { context: string; file: string | undefined },
  problem: Problem,
): void {
  const path = realPathIn([workspace], resolve(context, file ?? 'Dockerfile'));
  if (path !== undefined && isFile(path)) return;
  if (file === undefined) {
    const why = isEmptyFolder(workspace)
      ? ' (the workspace is empty: is actions/checkout a step before?)'
      : '';
    problem('context', `has no Dockerfile: ${context}${why}`, '. or example-app');
  } else {
    const wrong =
      path === undefined ? 'is outside of the workspace' : `names no file in ${context}: ${file}`;
    problem('file', wrong, 'docker/Dockerfile');
  }
}

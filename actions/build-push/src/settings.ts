import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  BadInput,
  boolean,
  choice,
  type Input,
  map,
  secret,
  secretMap,
  text,
} from '@slipway/shared/action/input';
import type { Run } from '@slipway/shared/action/run';
import { checkRegistryLogin } from '@slipway/shared/identity/check-login';
import type { RegistryInputs } from '@slipway/shared/identity/login-way';
import { type ImageReference, parseReference } from '@slipway/shared/image/reference';
import type { manifest } from './manifest.ts';
import { InvalidTags } from './tags/invalid-tags.ts';
import { parseRules } from './tags/parse-rules.ts';
import type { Rule } from './tags/rule.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** Reads and checks all inputs; loads nothing heavy and changes nothing. */
export function readSettings(run: Run<typeof manifest>) {
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  const values = run.inputs(
    {
      image: repositories,
      context: folderIn(workspace),
      file: insidePath,
      target: text,
      platforms,
      'build-args': map(undefined, 'NODE_ENV=production'),
      'build-secrets': { ...secretMap('npm_token=…'), longest: 500_000 },
      labels: map(/^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'org.opencontainers.image.title=Shop'),
      tags: tagRules,
      cache: choice('none', 'registry', 'gha'),
      provenance: choice('false', 'min', 'max'),
      sbom: boolean,
      push: boolean,
      from: source,
      'create-repository': boolean,
      'registry-username': text,
      'registry-password': { ...secret(text), longest: 20_000 },
      'aws-role': text,
      'aws-region': text,
      'azure-client-id': text,
      'azure-tenant-id': text,
    },
    (given, problem) => {
      const names = given.image.map(({ registry, repository }) => `${registry}/${repository}`);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice) problem('image', `names ${twice} twice`);
      for (const sentence of checkRegistryLogin(registryInputs(given), hostsOf(given.image))) {
        const [name = '', ...rest] = sentence.split(': ');
        problem(name, `is wrong: ${rest.join(': ').replace(/\.$/, '')}`);
      }
      if (given.file && !given.from && !isFile(join(given.context, given.file))) {
        problem('file', `names no file in ${given.context}: ${given.file}`, 'docker/Dockerfile');
      }
      if (!given.file && !given.from && !isFile(join(given.context, 'Dockerfile'))) {
        problem('context', `has no Dockerfile: ${given.context}`, 'a folder with a Dockerfile');
      }
      if (given.from) {
        if (!given.push) problem('push', 'cannot be false together with from', 'true');
        for (const name of [
          'file',
          'target',
          'platforms',
          'build-args',
          'build-secrets',
          'labels',
        ] as const) {
          if (given[name] !== undefined)
            problem(name, 'has no effect on an image that is promoted with from');
        }
      }
      if (given['create-repository'] && !given['aws-role']) {
        problem('create-repository', 'needs aws-role: only Amazon ECR has to be told');
      }
    },
  );
  return { ...values, workspace };
}

/** The inputs about registries, by their name in the identity room. */
export function registryInputs(given: {
  'registry-username': string | undefined;
  'registry-password': string | undefined;
  'aws-role': string | undefined;
  'aws-region': string | undefined;
  'azure-client-id': string | undefined;
  'azure-tenant-id': string | undefined;
}): RegistryInputs {
  return {
    username: given['registry-username'],
    password: given['registry-password'],
    awsRole: given['aws-role'],
    awsRegion: given['aws-region'],
    azureClientId: given['azure-client-id'],
    azureTenantId: given['azure-tenant-id'],
  };
}

/** Hosts of some references, each once. */
export function hostsOf(references: readonly ImageReference[]): string[] {
  return [...new Set(references.map(({ registry }) => registry))];
}

const reference = (value: string, example: string): ImageReference => {
  try {
    return parseReference(value);
  } catch (error) {
    throw new BadInput(
      `is not an image: ${error instanceof Error ? error.message : error}`,
      example,
    );
  }
};

const repositories: Input<ImageReference[]> = {
  multiline: true,
  longest: 10_000,
  parse(value) {
    const example = 'ghcr.io/owner/app';
    return value
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const parsed = reference(line, example);
        if (parsed.digest)
          throw new BadInput(`has a digest where a repository belongs: ${line}`, example);
        if (parsed.tag) throw new BadInput(`has a tag, which belongs into tags: ${line}`, example);
        return parsed;
      });
  },
};

const source: Input<ImageReference> = {
  parse(value) {
    const example = 'ghcr.io/owner/app@sha256:…';
    const parsed = reference(value, example);
    if (!parsed.digest && !parsed.tag) throw new BadInput('has neither digest nor tag', example);
    return parsed;
  },
};

const tagRules: Input<Rule[]> = {
  multiline: true,
  longest: 100_000,
  parse(value) {
    try {
      return parseRules(value);
    } catch (error) {
      if (error instanceof InvalidTags)
        throw new BadInput(`is wrong:\n${error.problems.join('\n')}`, '');
      throw error;
    }
  },
};

const platforms: Input<string[]> = {
  multiline: true,
  parse(value) {
    const items = value.split(/[\n,]/).map((item) => item.trim());
    const given = items.filter((item) => item !== '');
    const wrong = given.find((item) => !/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/.test(item));
    if (wrong) throw new BadInput(`names no platform: ${wrong}`, 'linux/amd64,linux/arm64');
    return [...new Set(given)];
  },
};

const insidePath: Input<string> = {
  parse(value) {
    if (value.startsWith('/') || value.split(/[\\/]/).includes('..')) {
      throw new BadInput('is not a path inside the context', 'docker/Dockerfile');
    }
    return value;
  },
};

function folderIn(workspace: string): Input<string> {
  return {
    parse(value) {
      const folder = resolve(workspace, value);
      if (/^\w+:\/\//.test(value)) throw new BadInput('is not a folder but an address', '.');
      if (folder !== workspace && !folder.startsWith(`${workspace}/`)) {
        throw new BadInput('is not a folder inside the workspace', '.');
      }
      if (!isFolder(folder)) throw new BadInput(`is a folder that is not there: ${value}`, '.');
      return folder;
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

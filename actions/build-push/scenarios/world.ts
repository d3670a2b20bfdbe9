import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { find } from '../../../packages/local-cloud/src/registry.ts';
import {
  makeRunner,
  type RunFacts,
  type Runner,
} from '../../../packages/local-cloud/src/runner.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');

/** Defaults as action.yml declares them; the runner fills them in. */
export const defaults: Record<string, string> = {
  context: '.',
  cache: 'none',
  provenance: 'false',
  sbom: 'false',
  push: 'true',
  'move-tags': 'true',
  'create-repository': 'false',
};

/** A runner whose workspace holds a small image to build. */
export async function makeBuildRunner(
  facts: RunFacts = {},
  dockerfile = plainDockerfile,
): Promise<Runner> {
  const runner = await makeRunner(facts);
  await mkdir(join(runner.workspace, 'files'));
  await writeFile(join(runner.workspace, 'Dockerfile'), dockerfile);
  await writeFile(join(runner.workspace, 'files/hello.txt'), 'hello\n');
  return runner;
}

export const plainDockerfile = `FROM scratch
COPY files/hello.txt /hello.txt
`;

/** Tags of a repository, sorted; none when it does not exist. */
export async function tagsOf(
  host: string,
  repository: string,
  headers: Record<string, string> = {},
): Promise<string[]> {
  const response = await fetch(`http://${host}/v2/${repository}/tags/list`, { headers });
  const body: { tags?: string[] } = Object(await response.json());
  return (body.tags ?? []).sort();
}

/** A manifest or index as the registry has it. */
export async function manifestOf(
  host: string,
  repository: string,
  reference: string,
): Promise<RegistryManifest> {
  const accept = [
    'application/vnd.oci.image.index.v1+json',
    'application/vnd.oci.image.manifest.v1+json',
    'application/vnd.docker.distribution.manifest.v2+json',
  ].join(', ');
  const address = `http://${host}/v2/${repository}/manifests/${reference}`;
  const response = await fetch(address, { headers: { accept } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return Object(await response.json());
}

/** A blob that is JSON. */
export async function blobOf(host: string, repository: string, digest: string): Promise<unknown> {
  const response = await fetch(`http://${host}/v2/${repository}/blobs/${digest}`);
  return await response.json();
}

export interface RegistryManifest {
  mediaType: string;
  annotations?: Record<string, string>;
  config: { digest: string };
  layers: Array<{ digest: string }>;
  manifests?: Array<{
    digest: string;
    platform: { os: string; architecture: string };
    annotations?: Record<string, string>;
  }>;
}

/** Everything that is left in a step's temporary folder, in it and below. */
export async function leftovers(runner: Runner): Promise<string[]> {
  return await readdir(runner.temp, { recursive: true });
}

/** A `docker` that writes down how it is called and then is the real one. */
export interface DockerRecord {
  /** To be put into the environment of a step. */
  env: Record<string, string>;
  /** The calls so far, arguments joined by blanks. */
  calls(): Promise<string[]>;
}

/** Puts a recording `docker` in front of the real one, in the runner's own folder. */
export async function recordDocker(runner: Runner): Promise<DockerRecord> {
  const record = join(runner.workspace, '../docker-calls');
  await writeFile(record, '');
  const env = await wrapDocker(runner, `printf '%s\\n' "$*" >>'${record}'`);
  const calls = async () =>
    (await readFile(record, 'utf8')).split('\n').filter((line) => line !== '');
  return { env, calls };
}

/**
 * Puts a `docker` in front of the real one that runs a line of shell before it.
 * @returns what a step must have in its environment to find it
 */
export async function wrapDocker(runner: Runner, line: string): Promise<Record<string, string>> {
  const folder = join(runner.workspace, '../bin');
  await mkdir(folder, { recursive: true });
  const script = `#!/bin/sh\n${line}\nexec '${find(['docker'])}' "$@"\n`;
  await writeFile(join(folder, 'docker'), script, { mode: 0o755 });
  return { PATH: `${folder}:${runner.env['PATH']}` };
}

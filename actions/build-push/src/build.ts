import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { GitHubContext } from '@slipway/shared/action/github';
import type { Environment } from '@slipway/shared/exec/environment';
import { repositoryName } from '@slipway/shared/image/reference';
import type { Timeline } from '@slipway/shared/time/timeline';
import { buildCommand, stagingTag } from './build-command.ts';
import { findBuilder } from './builder.ts';
import { type BuildxTools, digestFrom, runBuildx } from './buildx.ts';
import type { Repository } from './registries.ts';
import { writeSecrets } from './secret-files.ts';
import { hostsOf, type Settings } from './settings.ts';

/** What a build works with. */
export interface BuildRun {
  tools: BuildxTools;
  /** Environment for docker. */
  env: Environment;
  github: GitHubContext;
  labels: Readonly<Record<string, string>>;
  repositories: readonly Repository[];
  timeline: Timeline;
}

/**
 * Builds and pushes by digest. Whether the registries let us in is asked while the build begins, and
 * ends it when they do not.
 * @returns the digest; undefined when nothing was to be pushed
 */
export async function build(settings: Settings, buildRun: BuildRun): Promise<string | undefined> {
  const { env, labels, repositories, timeline, tools } = buildRun;
  const docker = { run: tools.run, env, signal: tools.signal };
  const builder = await timeline.phase('prepare', () =>
    findBuilder(wishesOf(settings), hostsOf(settings.image), docker),
  );
  const folder = await mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'slipway-build-'));
  try {
    const request = {
      context: settings.context,
      file: settings.file && resolve(settings.context, settings.file),
      target: settings.target,
      platforms: settings.platforms ?? [],
      buildArgs: withVersion(settings),
      secretFiles: await writeSecrets(folder, settings['build-secrets'] ?? new Map()),
      labels,
      repositories: settings.image.map(repositoryName),
      push: settings.push,
      cache: settings.cache,
      provenance: settings.provenance,
      sbom: settings.sbom,
      runUrl: attemptOf(buildRun.github),
      metadataFile: join(folder, 'metadata.json'),
      staging: stagingTag(pushName(buildRun.github)),
    };
    const command = buildCommand(request, builder, env);
    await timeline.phase(settings.push ? 'build and push' : 'build', () =>
      withAccess(repositories, tools, (checked) => runBuildx(command.args, command.env, checked)),
    );
    return settings.push ? await digestFrom(request.metadataFile) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Builds while the access to the repositories is checked. A refusal ends the build and is its failure;
 * nothing of such a build is shown.
 */
async function withAccess(
  repositories: readonly Repository[],
  tools: BuildxTools,
  work: (tools: BuildxTools) => Promise<void>,
): Promise<void> {
  const refused = new AbortController();
  const signal = AbortSignal.any([tools.signal, refused.signal]);
  const held: string[] = [];
  let quote: BuildxTools['quote'] = (line) => held.push(line);
  // First, as what the check needs takes longer to load than docker to start.
  const worked = work({ ...tools, signal, quote: (line) => quote(line) });
  const access = Promise.all(
    repositories.map(({ registry, reference }) =>
      registry.checkAccess(reference.repository, 'pull,push'),
    ),
  ).then(
    () => {
      quote = tools.quote;
      held.forEach(quote);
    },
    (error: unknown) => {
      refused.abort(error);
      throw error;
    },
  );
  for (const end of await Promise.allSettled([access, worked])) {
    if (end.status === 'rejected') throw end.reason;
  }
}

/** Inputs that ask for more than the engine's own builder can do. */
function wishesOf({ cache, platforms, provenance, sbom }: Settings): string[] {
  const wishes = {
    platforms: platforms !== undefined && platforms.length > 1,
    cache: cache !== 'none',
    provenance: provenance !== 'false',
    sbom,
  };
  return Object.entries(wishes).flatMap(([input, wanted]) => (wanted ? [input] : []));
}

function attemptOf({ runAttempt, runUrl }: GitHubContext): string {
  return runUrl && `${runUrl}/attempts/${runAttempt}`;
}

// A Dockerfile that does not take it only gets a warning of the builder.
function withVersion({ version, ...given }: Settings): ReadonlyMap<string, string> {
  const args = given['build-args'] ?? new Map<string, string>();
  return version === undefined || args.has('VERSION')
    ? args
    : new Map([...args, ['VERSION', version]]);
}

// People find the run by it; two jobs of a run, or two steps of a job, are told apart by the rest.
function pushName({ runAttempt, runId }: GitHubContext): string {
  const run = [runId, runAttempt].filter((part) => /^\d+$/.test(part));
  return [...run, crypto.randomUUID().slice(0, 13)].join('-');
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment, GitHubContext } from '@slipway/shared/action/github';
import { repositoryName } from '@slipway/shared/image/reference';
import type { Timeline } from '@slipway/shared/time/timeline';
import { buildCommand } from './build-command.ts';
import { findBuilder } from './builder.ts';
import { type BuildxTools, digestFrom, runBuildx } from './buildx.ts';
import type { Repository } from './registries.ts';
import { writeSecrets } from './secret-files.ts';
import { hostsOf, type Settings } from './settings.ts';

/** What a build needs. */
export interface BuildMeans {
  tools: BuildxTools;
  /** Environment for docker. */
  env: Environment;
  github: GitHubContext;
  labels: Readonly<Record<string, string>>;
  repositories: readonly Repository[];
  timeline: Timeline;
}

/**
 * Builds and pushes by digest. That a registry lets us in is found out before the build.
 * @returns the digest; undefined when nothing was to be pushed
 */
export async function build(settings: Settings, means: BuildMeans): Promise<string | undefined> {
  const { env, labels, repositories, timeline, tools } = means;
  const builder = await timeline.phase('prepare', async () => {
    const docker = { run: tools.run, env, signal: tools.signal };
    const [found] = await Promise.all([
      findBuilder(wishesOf(settings), hostsOf(settings.image), docker),
      ...repositories.map(({ registry, reference }) =>
        registry.checkAccess(reference.repository, 'pull,push'),
      ),
    ]);
    return found;
  });
  const folder = await mkdtemp(join(env['RUNNER_TEMP'] || tmpdir(), 'slipway-build-'));
  try {
    const request = {
      context: settings.context,
      file: settings.file && resolve(settings.context, settings.file),
      target: settings.target,
      platforms: settings.platforms ?? [],
      buildArgs: settings['build-args'] ?? new Map(),
      secretFiles: await writeSecrets(folder, settings['build-secrets'] ?? new Map()),
      labels,
      repositories: settings.image.map(repositoryName),
      push: settings.push,
      cache: settings.cache,
      provenance: settings.provenance,
      sbom: settings.sbom,
      runUrl: attemptOf(means.github),
      metadataFile: join(folder, 'metadata.json'),
    };
    const command = buildCommand(request, builder, env);
    await timeline.phase(settings.push ? 'build and push' : 'build', () =>
      runBuildx(command.args, command.env, tools),
    );
    return settings.push ? await digestFrom(request.metadataFile) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
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

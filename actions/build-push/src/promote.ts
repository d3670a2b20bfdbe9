import type { Environment } from '@slipway/shared/action/github';
import { Failure } from '@slipway/shared/failure/failure';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { formatReference, repositoryName } from '@slipway/shared/image/reference';
import { openRegistry } from '@slipway/shared/image/registry';
import { stagingTag } from './build-command.ts';
import { type BuildxTools, runBuildx } from './buildx.ts';
import type { Repository } from './repository.ts';
import type { Settings } from './settings.ts';

/**
 * Brings an existing image into every repository that does not have it, byte for byte.
 * @returns its digest
 */
export async function promote(
  { from }: Settings,
  repositories: readonly Repository[],
  tools: BuildxTools & { env: Environment },
): Promise<string> {
  if (!from) throw new Error('from was not checked');
  const { clock, signal } = tools;
  const folder = dockerConfigFolder(tools.env);
  const credentials = await credentialsFor(from.registry, undefined, folder, tools.say);
  const origin = openRegistry(from.registry, {
    fetch: globalThis.fetch,
    clock,
    signal,
    ...(credentials ? { credentials } : {}),
  });
  const { digest } = await origin.resolve(from.repository, from.digest ?? from.tag ?? 'latest');
  const missing: string[] = [];
  for (const { registry, reference } of repositories) {
    if (await has(() => registry.resolve(reference.repository, digest))) continue;
    missing.push('--tag', `${repositoryName(reference)}:${stagingTag}`);
  }
  if (missing.length > 0) {
    const image = formatReference({ registry: from.registry, repository: from.repository, digest });
    const args = ['buildx', 'imagetools', 'create', '--prefer-index=false', ...missing, image];
    await runBuildx(args, tools.env, tools);
  }
  return digest;
}

async function has(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'image/not-found') return false;
    throw error;
  }
}

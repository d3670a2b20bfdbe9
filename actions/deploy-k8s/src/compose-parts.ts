import type { Run } from '@slipway/shared/action/run';
import { httpFetch } from '@slipway/shared/http/fetch';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import type { ImageReference } from '@slipway/shared/image/reference';
import { type ResolvedImage, resolveImage } from '@slipway/shared/image/resolve-image';
import type { Clock } from '@slipway/shared/time/clock';
import type { KubernetesApi } from './api/kubernetes-api.ts';
import { Canary } from './canary/canary.ts';
import type { LoginOfRegistry } from './connection/access.ts';
import type { manifest } from './manifest.ts';
import type { ManifestObject } from './manifests/manifest-object.ts';
import type { WorkloadParts } from './parts.ts';
import { checkWorkload } from './prepare/check-workload.ts';
import type { Preparation } from './prepare/preparation.ts';
import { prepareWorkload } from './prepare/prepare-workload.ts';
import { followRollout } from './rollout/follow-rollout.ts';
import { RunBefore } from './run-before/run-before.ts';
import type { Settings } from './settings.ts';

/** What the parts of a run are made of. */
export interface Composition {
  settings: Settings;
  run: Run<typeof manifest>;
  clock: Clock;
  api: KubernetesApi;
  namespace: string;
  manifests: readonly ManifestObject[] | undefined;
  registryLogin: LoginOfRegistry | undefined;
}

/** Puts the parts of a run together. */
export function composeParts(o: Composition): WorkloadParts {
  const { api, clock, manifests, namespace, run, settings } = o;
  const { commands, github, signal } = run;
  const preparation: Preparation = {
    api,
    settings,
    namespace,
    manifests,
    resolve: (image, within) => resolveFor(o, image, within),
  };
  const rules = {
    fatal: settings['fatal-reasons'] ?? [],
    tolerated: settings['tolerated-reasons'] ?? [],
  };
  const command = settings['run-before'];
  const limit = settings['run-before-timeout'];
  return {
    namespace,
    settings,
    clock,
    signal,
    commands,
    api,
    fetch: httpFetch,
    release: { commit: github.sha, run: github.runUrl },
    holder: holderOf(github),
    async check(within) {
      const { name, notes } = await checkWorkload(preparation, settings, within);
      notes.forEach(commands.info);
      return name;
    },
    prepare: (within) => prepareWorkload(preparation, within),
    async canary({ main }, within) {
      if (settings.strategy !== 'canary' || !main.live || !main.isChanged) return undefined;
      const { after: wanted, name } = main;
      const percent = Math.max(...settings['traffic-percent']);
      return Canary.plan({ api, workload: name, wanted, route: settings.route, percent }, within);
    },
    follow: ({ name, written }, within) =>
      followRollout({ api, clock, name, written, rules, say: commands.info }, within),
    ...(command && {
      migrate: new RunBefore(
        { command, limit, rules, token: attemptOf(github) || crypto.randomUUID() },
        { api, clock, commands },
      ),
    }),
  };
}

/** Who has the lock: the address of the run, and what no other job in it has. */
function holderOf(github: Run<typeof manifest>['github']): string {
  const unique = crypto.randomUUID().slice(0, 8);
  return `${attemptOf(github) || 'a run outside of GitHub'} (${unique})`;
}

/** The attempt of a run; empty outside of GitHub. */
function attemptOf({ runAttempt, runUrl }: Run<typeof manifest>['github']): string {
  return runUrl && `${runUrl} attempt ${runAttempt}`;
}

/** By the `docker login` of the job; a registry of the cloud of the cluster without one, as who the run is there. */
function resolveFor(
  { clock, registryLogin, run }: Composition,
  image: ImageReference,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { info: say } = run.commands;
  const folder = dockerConfigFolder(run.env);
  return resolveImage(image, {
    fetch: httpFetch,
    clock,
    signal,
    say,
    credentials: async (registry) =>
      (await credentialsFor(registry, undefined, folder, say)) ?? registryLogin?.(registry),
  });
}

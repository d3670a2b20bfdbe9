import type { Outcome, Run } from '@slipway/shared/action/run';
import { runDeploy } from '@slipway/shared/deploy/run-deploy';
import { runProgram } from '@slipway/shared/exec/program';
import { systemClock } from '@slipway/shared/time/clock';
import { openKubernetes } from './api/open-kubernetes.ts';
import { composeParts } from './compose-parts.ts';
import type { manifest } from './manifest.ts';
import type { ManifestObject } from './manifests/manifest-object.ts';
import { readManifests } from './manifests/read-manifests.ts';
import { renderFolder } from './manifests/render/render-folder.ts';
import type { Settings } from './settings.ts';
import { WorkloadTarget } from './workload-target.ts';

/** Deploys, and says how it went. */
export async function ship(
  settings: Settings,
  run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  const clock = systemClock;
  const cluster = await openKubernetes(settings, run, clock);
  const { api, namespace: ofContext = 'default', registryLogin } = cluster;
  const namespace = settings.namespace ?? ofContext;
  const manifests = await manifestsOf(settings, namespace, run);
  const target = new WorkloadTarget(
    composeParts({ settings, run, clock, api, namespace, manifests, registryLogin }),
  );
  const limits = { ...settings, 'migrate-timeout': settings['run-before-timeout'] };
  const outcome = await runDeploy(target, limits, {
    ...run,
    clock,
    service: () => target.workload,
  });
  const { revision, workload } = target;
  return { ...outcome, outputs: { ...outcome.outputs, revision, workload } };
}

async function manifestsOf(
  { manifests, values = [] }: Settings,
  namespace: string,
  { env, signal }: Run<typeof manifest>,
): Promise<readonly ManifestObject[] | undefined> {
  if (!manifests) return undefined;
  const workspace = env['GITHUB_WORKSPACE'] || process.cwd();
  const rendering = { run: runProgram, clock: systemClock, env, workspace, values, namespace };
  return readManifests(manifests, workspace, (folder) => renderFolder(folder, rendering, signal));
}

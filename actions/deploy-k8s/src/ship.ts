import type { Outcome, Run } from '@slipway/shared/action/run';
import { runDeploy } from '@slipway/shared/deploy/run-deploy';
import { systemClock } from '@slipway/shared/time/clock';
import { openKubernetes } from './api/open-kubernetes.ts';
import { composeParts } from './compose-parts.ts';
import type { manifest } from './manifest.ts';
import { readManifests } from './manifests/read-manifests.ts';
import type { Settings } from './settings.ts';
import { WorkloadTarget } from './workload-target.ts';

/** Deploys, and says how it went. */
export async function ship(
  settings: Settings,
  run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  const clock = systemClock;
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  const manifests =
    settings.manifests &&
    (await readManifests(settings.manifests, workspace, async () => undefined));
  const { api, namespace: ofContext = 'default' } = await openKubernetes(settings, run, clock);
  const namespace = settings.namespace ?? ofContext;
  const target = new WorkloadTarget(
    composeParts({ settings, run, clock, api, namespace, manifests }),
  );
  const limits = { ...settings, 'migrate-timeout': settings['run-before-timeout'] };
  const outcome = await runDeploy(target, limits, { ...run, clock });
  const { revision, workload } = target;
  return { ...outcome, outputs: { ...outcome.outputs, revision, workload } };
}

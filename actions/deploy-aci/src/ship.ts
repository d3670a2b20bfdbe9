import type { Outcome, Run } from '@slipway/shared/action/run';
import { runDeploy } from '@slipway/shared/deploy/run-deploy';
import { systemClock } from '@slipway/shared/time/clock';
import { openAci } from './api/open-aci.ts';
import { composeParts } from './compose-parts.ts';
import { ContainerGroupTarget } from './container-group-target.ts';
import { readSpec } from './group/spec/read-spec.ts';
import { azureAccess } from './identity.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';

/** Deploys, and says how it went. */
export async function ship(
  settings: Settings,
  run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  const spec = await readSpec(settings);
  const access = await azureAccess(settings, run);
  const api = await openAci(access, access.context);
  const clock = systemClock;
  const target = new ContainerGroupTarget(
    composeParts({ access, api, clock, run, settings, spec }),
  );
  const limits = { ...settings, 'migrate-timeout': settings['run-before-timeout'] };
  const outcome = await runDeploy(target, limits, { ...run, clock, service: () => settings.name });
  return { ...outcome, outputs: { ...outcome.outputs, fqdn: target.fqdn, ip: target.ip } };
}

import type { Outcome, Run } from '@slipway/shared/action/run';
import { runDeploy } from '@slipway/shared/deploy/run-deploy';
import { systemClock } from '@slipway/shared/time/clock';
import { openLoadBalancing } from './api/load-balancing.ts';
import { openLogs } from './api/logs.ts';
import { openEcs } from './api/open-ecs.ts';
import { composeParts } from './compose-parts.ts';
import { awsAccess } from './identity.ts';
import type { manifest } from './manifest.ts';
import { ServiceTarget } from './service-target.ts';
import type { Settings } from './settings.ts';
import { readGivenDocuments } from './task-definition/read-given.ts';
import { checkServiceDefinition } from './task-definition/service-definition.ts';

/** Deploys, and says how it went. */
export async function ship(
  settings: Settings,
  run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  const given = await readGivenDocuments(settings);
  if (given.serviceDefinition) checkServiceDefinition(given.serviceDefinition, settings);
  const access = awsAccess(settings, run);
  const { context } = access;
  using api = await openEcs(access, context);
  using balancing = openLoadBalancing(access, context);
  using logs = openLogs(access, context);
  const clock = systemClock;
  const parts = composeParts({ access, api, balancing, clock, given, logs, run, settings });
  const target = new ServiceTarget(parts);
  const outcome = await runDeploy(target, runtimeOf(settings), {
    ...run,
    clock,
    service: () => settings.service,
  });
  return {
    ...outcome,
    outputs: {
      ...outcome.outputs,
      'task-definition': target.taskDefinition,
      'service-deployment': target.serviceDeployment,
    },
  };
}

/** The limits as the engine takes them: what runs before has one of its own. */
function runtimeOf(settings: Settings) {
  return { ...settings, 'migrate-timeout': settings['run-before-timeout'] };
}

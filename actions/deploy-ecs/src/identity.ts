import type { Commands } from '@slipway/shared/action/commands';
import type { Environment } from '@slipway/shared/exec/environment';
import { httpFetch } from '@slipway/shared/http/fetch';
import { environmentIdentity } from '@slipway/shared/identity/aws-environment';
import type { AwsIdentity } from '@slipway/shared/identity/aws-identity';
import { roleIdentity } from '@slipway/shared/identity/aws-role';
import type { IdentityContext } from '@slipway/shared/identity/context';
import { systemClock } from '@slipway/shared/time/clock';
import { regionOf } from './region.ts';
import type { Settings } from './settings.ts';

/** As whom a run speaks to AWS, and where. */
export interface AwsAccess {
  region: string;
  identity: AwsIdentity;
  context: IdentityContext;
}

/** Finds the region and the identity; that the settings agree about it was checked. */
export function awsAccess(
  settings: Pick<Settings, 'aws-region' | 'aws-role' | 'cluster'>,
  run: { env: Environment; commands: Pick<Commands, 'mask'> },
): AwsAccess {
  const { commands, env } = run;
  const region = regionOf(settings, env);
  if (!region) throw new TypeError('the settings tell no region');
  // Not the signal of the run: a rollback after a cancel needs credentials too.
  const context = { env, fetch: httpFetch, clock: systemClock, mask: commands.mask };
  const role = settings['aws-role'];
  const identity = role
    ? roleIdentity({ role, region }, context)
    : environmentIdentity(region, context);
  return { region, identity, context };
}

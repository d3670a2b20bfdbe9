import type { Outcome, Run } from '@slipway/shared/action/run';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';

type Manifest = typeof manifest;

/** Deploys, and says how it went. */
export async function ship(_settings: Settings, _run: Run<Manifest>): Promise<Outcome<Manifest>> {
  throw new Error('deploy-ecs cannot deploy yet');
}

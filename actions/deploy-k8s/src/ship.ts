import type { Outcome, Run } from '@slipway/shared/action/run';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';

/** Deploys, and says how it went. */
export function ship(
  _settings: Settings,
  _run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  throw new Error('not there yet');
}

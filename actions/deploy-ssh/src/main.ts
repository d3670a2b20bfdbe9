import { runAction } from '@slipway/shared/action/run';
import { manifest } from './manifest.ts';
import { readSettings } from './settings.ts';

await runAction(manifest, async (run) => {
  const settings = readSettings(run);
  const { ship } = await import('./ship.ts');
  return ship(settings, run);
});

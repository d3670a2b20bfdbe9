import { runAction } from '@slipway/shared/action/run';
import { settingsFile } from '@slipway/shared/action/settings-file';
import { manifest } from './manifest.ts';
import { readSettings } from './settings.ts';

await runAction(manifest, async (run) => {
  const settings = readSettings(run, await settingsFile(run.env));
  const { ship } = await import('./ship.ts');
  return ship(settings, run);
});

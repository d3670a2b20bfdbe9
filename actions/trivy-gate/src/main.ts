import { runAction } from '@slipway/shared/action/run';
import { manifest } from './manifest.ts';
import { readSettings } from './settings.ts';

await runAction(
  manifest,
  async (run) => {
    const settings = readSettings(run);
    const { gate } = await import('./gate.ts');
    return await gate(settings, run);
  },
  { verdict: 'error' },
);

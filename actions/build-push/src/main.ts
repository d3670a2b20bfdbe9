import { runAction } from '@slipway/shared/action/run';
import { manifest } from './manifest.ts';
import { readSettings } from './settings.ts';

await runAction(manifest, async (run) => {
  const settings = readSettings(run);
  const { publish } = await import('./publish.ts');
  const { buildClosing, buildOutputs, buildSummary } = await import('./report.ts');
  const report = await publish(settings, run);
  return {
    outputs: buildOutputs(report),
    summary: buildSummary(report),
    closing: buildClosing(report),
    ...(report.failure ? { failure: report.failure } : {}),
  };
});

import { runAction } from '@slipway/shared/action/run';
import { manifest } from './manifest.ts';
import { readSettings } from './settings.ts';

await runAction(manifest, async (run) => {
  const settings = readSettings(run);
  const { tagVersion } = await import('./tag-version.ts');
  const { tagClosing, tagOutputs, tagSummary } = await import('./report.ts');
  const report = await tagVersion(settings, run);
  return {
    outputs: tagOutputs(report),
    summary: tagSummary(report),
    closing: tagClosing(report),
    ...(report.failure ? { failure: report.failure } : {}),
  };
});

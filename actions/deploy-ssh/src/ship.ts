import type { Outcome, Run } from '@slipway/shared/action/run';
import { type Deployment, type ModeContext, modeContextOf } from './deployment.ts';
import { ofNewReleases } from './host/kept-releases.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';
import { hostsSummary } from './verdict.ts';

/** Deploys, and says how it went. */
export async function ship(
  settings: Settings,
  run: Run<typeof manifest>,
): Promise<Outcome<typeof manifest>> {
  const context = modeContextOf(settings, run);
  if (settings.release !== undefined) {
    const unused = ofNewReleases.filter((name) => settings[name] !== undefined);
    if (unused.length > 0) run.commands.info(`Rolling back, so not used: ${unused.join(', ')}.`);
  }
  const deployment = await open(context);
  try {
    const outcome = await deployment.deploy();
    const verdicts = deployment.verdicts();
    return {
      ...outcome,
      outputs: {
        ...outcome.outputs,
        release: verdicts[0]?.release ?? '',
        hosts: JSON.stringify(verdicts),
      },
      summary: outcome.summary + hostsSummary(verdicts),
    };
  } finally {
    await deployment.close();
  }
}

async function open(context: ModeContext): Promise<Deployment> {
  if (context.settings.mode !== 'compose') {
    const { releaseDeployment } = await import('./release/deployment.ts');
    return releaseDeployment(context);
  }
  const { composeDeployment } = await import('./compose/deployment.ts');
  return composeDeployment(context);
}

import type { Outcome, Run } from '@slipway/shared/action/run';
import { closingLine, deployOutputs, deploySummary } from '@slipway/shared/deploy/report';
import { type Deployment, type Means, meansOf } from './deployment.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';
import { hostsSummary } from './verdict.ts';

type Manifest = typeof manifest;

/** Deploys, and says how it went. */
export async function ship(settings: Settings, run: Run<Manifest>): Promise<Outcome<Manifest>> {
  const means = meansOf(settings, run);
  const deployment = await open(means);
  try {
    const result = await deployment.deploy({
      timeout: settings.timeout,
      rollback: settings.rollback,
      dryRun: settings['dry-run'],
      clock: means.clock,
      signal: run.signal,
      say: run.commands.info,
      quote: run.commands.quote,
    });
    const verdicts = deployment.verdicts();
    return {
      outputs: {
        ...deployOutputs(result),
        release: verdicts[0]?.release ?? '',
        hosts: JSON.stringify(verdicts),
      },
      summary: deploySummary(result) + hostsSummary(verdicts),
      closing: closingLine(result),
      ...(result.failure ? { failure: result.failure } : {}),
    };
  } finally {
    deployment.close();
  }
}

async function open(means: Means): Promise<Deployment> {
  if (means.settings.mode === 'release') {
    const { releaseDeployment } = await import('./release-deployment.ts');
    return releaseDeployment(means);
  }
  const { composeDeployment } = await import('./compose-deployment.ts');
  return composeDeployment(means);
}

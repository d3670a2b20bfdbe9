import { failureSummary, type Outcome, type Run } from '@slipway/shared/action/run';
import type { DeployResult } from '@slipway/shared/deploy/engine';
import {
  closingLine,
  deployFailure,
  deployOutputs,
  deploySummary,
} from '@slipway/shared/deploy/report';
import { Failure } from '@slipway/shared/failure/failure';
import { type Deployment, type Means, meansOf } from './deployment.ts';
import { ofNewReleases } from './host/kept-releases.ts';
import { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';
import { hostsSummary } from './verdict.ts';

type Manifest = typeof manifest;

/** Deploys, and says how it went. */
export async function ship(settings: Settings, run: Run<Manifest>): Promise<Outcome<Manifest>> {
  const means = meansOf(settings, run);
  if (settings.release !== undefined) {
    const unused = ofNewReleases.filter((name) => settings[name] !== undefined);
    if (unused.length > 0) run.commands.info(`Going back, so not used: ${unused.join(', ')}.`);
  }
  const deployment = await open(means);
  try {
    const outcome = await deployment
      .deploy({
        timeout: settings.timeout,
        rollback: settings.rollback,
        dryRun: settings['dry-run'],
        clock: means.clock,
        signal: run.signal,
        say: run.commands.info,
        quote: run.commands.quote,
      })
      .then(outcomeOfDeploy, outcomeOfFailure);
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

function outcomeOfDeploy(result: DeployResult): Outcome<Manifest> {
  const failure = deployFailure(result);
  return {
    outputs: deployOutputs(result),
    summary: deploySummary(result),
    closing: closingLine(result),
    ...(failure ? { failure } : {}),
  };
}

// What ends a deploy before it has changed anything is one host's fault all the same.
function outcomeOfFailure(error: unknown): Outcome<Manifest> {
  if (!(error instanceof Failure)) throw error;
  const status = error.code === 'action/cancelled' ? 'cancelled' : 'failed';
  return {
    outputs: { status, reason: error.code },
    summary: failureSummary(error, manifest),
    closing: '',
    failure: error,
  };
}

async function open(means: Means): Promise<Deployment> {
  if (means.settings.mode !== 'compose') {
    const { releaseDeployment } = await import('./release/deployment.ts');
    return releaseDeployment(means);
  }
  const { composeDeployment } = await import('./compose/deployment.ts');
  return composeDeployment(means);
}

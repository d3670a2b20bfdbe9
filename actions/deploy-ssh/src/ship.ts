import type { Outcome, Run } from '@slipway/shared/action/run';
import { type DeployResult, deploy } from '@slipway/shared/deploy/engine';
import { closingLine, deployOutputs, deploySummary } from '@slipway/shared/deploy/report';
import { systemClock } from '@slipway/shared/time/clock';
import type { Plan } from './compose.ts';
import { openDeployment } from './deployment.ts';
import type { manifest } from './manifest.ts';
import type { Settings } from './settings.ts';
import { readSource } from './source.ts';

type Manifest = typeof manifest;

/** Deploys, and says how it went. */
export async function ship(settings: Settings, run: Run<Manifest>): Promise<Outcome<Manifest>> {
  const composeFile = await readSource(settings.source, run.env);
  const { target, close } = await openDeployment(settings, composeFile, run);
  try {
    const result = await deploy(target, {
      timeout: settings.timeout,
      rollback: settings.rollback,
      dryRun: settings['dry-run'],
      clock: systemClock,
      signal: run.signal,
      say: run.commands.info,
      quote: run.commands.quote,
    });
    return {
      outputs: { ...deployOutputs(result), release: servingRelease(result) },
      summary: deploySummary(result),
      closing: closingLine(result),
      ...(result.failure ? { failure: result.failure } : {}),
    };
  } finally {
    close();
  }
}

function servingRelease({ plan, serving }: DeployResult<Plan>): string {
  if (serving === 'new') return plan?.release ?? '';
  return serving === 'old' ? (plan?.back ?? '') : '';
}

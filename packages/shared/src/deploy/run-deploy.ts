import type { Commands } from '../action/commands.ts';
import type { GitHubContext } from '../action/github.ts';
import type { Failure } from '../failure/failure.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { deploy } from './engine.ts';
import { markDeploy } from './marker/mark-deploy.ts';
import type { MarkerValues } from './marker/marker-inputs.ts';
import type { DeployOptions } from './options.ts';
import {
  closingLine,
  type DeployOutputs,
  deployFailure,
  deployOutputs,
  deploySummary,
} from './report.ts';
import type { PlanFacts, Target } from './target.ts';

/** The settings of every deploy action that the engine obeys; times in milliseconds. */
export interface DeploySettings extends MarkerValues {
  timeout: number;
  bake: number;
  rollback: boolean;
  'dry-run': boolean;
  'migrate-timeout'?: number;
  'lock-timeout'?: number;
}

/** What a deploy action has to say at its end. */
export interface DeployOutcome {
  /** Only status and reason where the deploy ended before there was a plan. */
  outputs: Partial<DeployOutputs>;
  summary: string;
  closing: string;
  failure?: Failure;
}

/** The part of a run that a deploy needs. */
export interface DeployContext {
  signal: AbortSignal;
  commands: Pick<Commands, 'info' | 'quote' | 'warning'>;
  github: Pick<GitHubContext, 'runUrl'>;
  /** Name of what is deployed, for the marker; asked for at the end. */
  service: () => string;
  /** What is deployed where there is no image, for the marker. */
  commit?: string;
  /** Default is that of this machine. */
  clock?: Clock;
}

/** Deploys to a target, and says how it went: all of a deploy action but its inputs and platform. */
export async function runDeploy<Plan extends PlanFacts, Change>(
  target: Target<Plan, Change>,
  settings: DeploySettings,
  context: DeployContext,
): Promise<DeployOutcome> {
  const { signal, commands, clock = systemClock } = context;
  const { timeout, bake, rollback, 'migrate-timeout': migrate, 'lock-timeout': lock } = settings;
  const options: DeployOptions = {
    timeout,
    bake,
    rollback,
    dryRun: settings['dry-run'],
    ...(migrate === undefined ? {} : { migrateTimeout: migrate }),
    ...(lock === undefined ? {} : { lockTimeout: lock }),
    clock,
    signal,
    say: commands.info,
    quote: commands.quote,
  };
  const result = await deploy(target, options);
  await markDeploy(result, settings, { ...context, clock });
  const failure = deployFailure(result);
  const outputs = deployOutputs(result);
  return {
    outputs: result.plan ? outputs : { status: outputs.status, reason: outputs.reason },
    summary: deploySummary(result),
    closing: closingLine(result),
    ...(failure ? { failure } : {}),
  };
}

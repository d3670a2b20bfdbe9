import type { Evidence } from '@slipway/shared/deploy/target';
import type { Environment } from '@slipway/shared/exec/environment';
import type { JsonObject } from '../api/json-object.ts';
import type { EcsPlan } from '../rollout/plan.ts';
import type { Settings } from '../settings.ts';
import { RunBefore, type RunBeforeTools } from './run-before.ts';

/** What a deployment runs before its rollout. */
export interface BeforeRollout {
  /** @throws Failure `ecs/run-before…` */
  migrate(plan: EcsPlan, taskDefinition: string, signal: AbortSignal): Promise<void>;
  /** What is known of the task, for the diagnosis. */
  evidence(): Evidence;
}

/**
 * The task of input `run-before`, as a deployment runs it.
 * @param o.serviceDefinition what a service that is not there is created from
 * @returns undefined where none is asked for
 */
export function beforeRollout(
  o: {
    settings: Pick<Settings, 'cluster' | 'service' | 'run-before' | 'run-before-container'>;
    serviceDefinition: JsonObject | undefined;
    env: Environment;
  },
  tools: RunBeforeTools,
): BeforeRollout | undefined {
  const { env, serviceDefinition = {}, settings } = o;
  const { cluster, 'run-before': command, 'run-before-container': container } = settings;
  if (!command) return undefined;
  let task: RunBefore | undefined;
  return {
    async migrate({ prepared, service }, taskDefinition, signal) {
      task = new RunBefore(
        {
          cluster,
          service: service ?? serviceDefinition,
          taskDefinition,
          container: container ?? prepared.container,
          command,
          token: attemptOf(env, settings.service),
        },
        tools,
      );
      await task.run(signal);
    },
    evidence: () => task?.evidence ?? { facts: [], logs: [] },
  };
}

// Outside of GitHub nothing tells one attempt from another, so each run is one.
function attemptOf(env: Environment, service: string): string {
  const { GITHUB_JOB: job, GITHUB_RUN_ATTEMPT: attempt, GITHUB_RUN_ID: run } = env;
  return run ? [run, attempt, job, service].join(' ') : crypto.randomUUID();
}

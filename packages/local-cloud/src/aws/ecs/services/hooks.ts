import { randomUUID } from 'node:crypto';
import type {
  DeploymentLifecycleHook,
  DeploymentLifecycleHookAction,
  DeploymentLifecycleHookDetail,
} from '@aws-sdk/client-ecs';
import type { Cancel, Timeline } from '../../../timeline.ts';
import type { Wire } from '../../model/wire.ts';
import { Refusal } from '../../refusal.ts';
import type { Durations } from '../options.ts';
import type { Stage } from './steps.ts';

/** What a Lambda function of a hook answers. */
export type LambdaOutcome = 'SUCCEEDED' | 'FAILED' | 'IN_PROGRESS';

/** Seconds after which a function that says IN_PROGRESS is called again. */
const callAgain = 30;

interface Ground {
  readonly timeline: Timeline;
  readonly durations: Durations;
  lambda(arn: string): LambdaOutcome;
  reconcile(): void;
}

interface OpenHook {
  detail: Wire<DeploymentLifecycleHookDetail>;
  cancel: Cancel;
}

/**
 * The lifecycle hooks of one deployment, as it comes through its stages.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-lifecycle-hooks.html
 */
export class Hooks {
  readonly #ground: Ground;
  readonly #hooks: readonly Wire<DeploymentLifecycleHook>[];
  readonly #failed: () => void;
  #open: OpenHook[] = [];

  /** @param failed is told when a hook says no, or its time is over with ROLLBACK */
  constructor(ground: Ground, hooks: readonly Wire<DeploymentLifecycleHook>[], failed: () => void) {
    this.#ground = ground;
    this.#hooks = hooks;
    this.#failed = failed;
  }

  get details(): Wire<DeploymentLifecycleHookDetail>[] {
    return this.#open.map(({ detail }) => detail);
  }

  /** Begins the hooks of a stage. */
  open(stage: Stage): void {
    this.drop();
    this.#open = this.#hooks
      .filter(({ lifecycleStages = [] }) => lifecycleStages.some((one) => one === stage))
      .map((hook) => this.#begin(hook));
  }

  /** Whether all hooks of the stage let the deployment pass. */
  passed(): boolean {
    for (const { detail } of this.#open) {
      if (detail.status === 'IN_PROGRESS') this.#ask(detail);
    }
    return this.#open.every(({ detail }) => isPast(detail));
  }

  /** @throws Refusal `InvalidParameterException` when it does not wait for anybody */
  answer(hookId: string, action: DeploymentLifecycleHookAction): void {
    const hook = this.#open.find(({ detail }) => detail.hookId === hookId);
    if (hook?.detail.status !== 'AWAITING_ACTION') {
      throw new Refusal(
        'InvalidParameterException',
        `The lifecycle hook ${hookId} is not awaiting an action.`,
      );
    }
    this.#settle(hook.detail, action, action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED');
  }

  /** The stage is over, however it ended. */
  drop(): void {
    for (const { cancel } of this.#open) cancel();
    this.#open = [];
  }

  #begin(hook: Wire<DeploymentLifecycleHook>): OpenHook {
    const { durations, timeline } = this.#ground;
    const { hookTargetArn, targetType = 'AWS_LAMBDA', timeoutConfiguration = {} } = hook;
    const { action = 'ROLLBACK', timeoutInMinutes = 1_440 } = timeoutConfiguration;
    const limit = timeoutInMinutes * durations.minute;
    const detail: Wire<DeploymentLifecycleHookDetail> = {
      hookId: randomUUID(),
      targetType,
      ...(hookTargetArn !== undefined && { targetArn: hookTargetArn }),
      status: targetType === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
      expiresAt: (timeline.time + limit) / 1_000,
      timeoutAction: action,
    };
    const cancel = timeline.after(limit, () => {
      if (!isPast(detail)) this.#settle(detail, action, 'TIMED_OUT');
    });
    return { detail, cancel };
  }

  #ask(detail: Wire<DeploymentLifecycleHookDetail>): void {
    detail.status = this.#ground.lambda(detail.targetArn ?? '');
    if (detail.status === 'FAILED') this.#failed();
    if (detail.status !== 'IN_PROGRESS') return;
    const { durations, timeline } = this.#ground;
    timeline.after(callAgain * durations.second, () => this.#ground.reconcile());
  }

  #settle(
    detail: Wire<DeploymentLifecycleHookDetail>,
    action: DeploymentLifecycleHookAction,
    status: 'FAILED' | 'SUCCEEDED' | 'TIMED_OUT',
  ): void {
    detail.status = status;
    if (action === 'ROLLBACK') this.#failed();
    else this.#ground.reconcile();
  }
}

function isPast({ status, timeoutAction }: Wire<DeploymentLifecycleHookDetail>): boolean {
  return status === 'SUCCEEDED' || (status === 'TIMED_OUT' && timeoutAction === 'CONTINUE');
}

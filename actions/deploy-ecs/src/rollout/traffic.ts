import type { DeploymentConfiguration, DeploymentStrategy, Service } from '@aws-sdk/client-ecs';
import type { DeployStep, DiffLine } from '@slipway/shared/deploy/target';
import type { JsonObject } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { field, listField, textField } from '@slipway/shared/http/json';
import type { Settings } from '../settings.ts';
import { type Goal, proofStage } from './lifecycle.ts';

/** The inputs that say how traffic moves. */
export type TrafficSettings = Pick<
  Settings,
  | 'alarms'
  | 'circuit-breaker'
  | 'strategy'
  | 'test-url'
  | 'timeout'
  | 'traffic-bake'
  | 'traffic-percent'
  | 'wait-for'
>;

/** One step of a rollout on ECS. */
export interface EcsStep extends DeployStep {
  readonly goal: Goal;
  /** What is asked for the proof: the test listener, a share of the traffic, or all of it. */
  readonly proof: 'test' | 'share' | 'production';
}

/** The strategies of ECS by what input `strategy` calls them. */
export const strategies = {
  rolling: 'ROLLING',
  'blue-green': 'BLUE_GREEN',
  canary: 'CANARY',
  linear: 'LINEAR',
} as const satisfies Record<string, DeploymentStrategy>;

/** What ECS takes where nobody says otherwise. */
const defaults = { canaryPercent: 5, canaryBake: 10, stepPercent: 10, stepBake: 6 };

const minute = 60_000;

/**
 * How the service is to be deployed: what it has, with what the inputs say.
 * @returns undefined where the inputs say nothing, so that the service stays as it is
 */
export function wantedConfiguration(
  settings: TrafficSettings,
  has: DeploymentConfiguration = {},
): DeploymentConfiguration | undefined {
  const { alarms, 'circuit-breaker': breaker, 'test-url': testUrl } = settings;
  const wanted: DeploymentConfiguration = {
    ...has,
    ...traffic(settings, has),
    ...(breaker !== undefined && {
      deploymentCircuitBreaker: {
        ...has.deploymentCircuitBreaker,
        enable: breaker,
        rollback: breaker,
      },
    }),
    ...(alarms && { alarms: { alarmNames: alarms, enable: true, rollback: true } }),
  };
  if (testUrl && !has.lifecycleHooks?.some(isProofHook)) {
    wanted.lifecycleHooks = [...(has.lifecycleHooks ?? []), proofHook(settings.timeout)];
  }
  return JSON.stringify(wanted) === JSON.stringify(has) ? undefined : wanted;
}

function traffic(
  { strategy: asked, 'traffic-percent': percent, 'traffic-bake': bake }: TrafficSettings,
  has: DeploymentConfiguration,
): DeploymentConfiguration {
  if (asked === undefined) return {};
  const strategy = strategies[asked];
  const minutes = bake === undefined ? undefined : bake / minute;
  switch (strategy) {
    case 'ROLLING':
      return { strategy };
    case 'BLUE_GREEN':
      return { strategy, bakeTimeInMinutes: minutes ?? has.bakeTimeInMinutes ?? 0 };
    case 'CANARY':
      return {
        strategy,
        bakeTimeInMinutes: has.bakeTimeInMinutes ?? 0,
        canaryConfiguration: {
          ...has.canaryConfiguration,
          ...(percent !== undefined && { canaryPercent: percent }),
          ...(minutes !== undefined && { canaryBakeTimeInMinutes: minutes }),
        },
      };
    case 'LINEAR':
      return {
        strategy,
        bakeTimeInMinutes: has.bakeTimeInMinutes ?? 0,
        linearConfiguration: {
          ...has.linearConfiguration,
          ...(percent !== undefined && { stepPercent: percent }),
          ...(minutes !== undefined && { stepBakeTimeInMinutes: minutes }),
        },
      };
  }
}

type Hook = NonNullable<DeploymentConfiguration['lifecycleHooks']>[number];

// When this job is gone, ECS itself takes the version back that nobody has proven.
function proofHook(timeout: number): Hook {
  return {
    targetType: 'PAUSE',
    lifecycleStages: [proofStage],
    timeoutConfiguration: { timeoutInMinutes: Math.ceil(timeout / minute) + 5, action: 'ROLLBACK' },
  };
}

/** Whether a deployment pauses by a hook until its test traffic is proven. */
export function isProofHook({ targetType, lifecycleStages = [] }: Hook): boolean {
  return targetType === 'PAUSE' && lifecycleStages.includes(proofStage);
}

/**
 * The steps of a deployment by a strategy, each of them proven before the next one.
 * @param configuration of the deployment, as the service has it then
 */
export function stepsOf(
  settings: TrafficSettings,
  configuration: DeploymentConfiguration = {},
): readonly EcsStep[] {
  const strategy = configuration.strategy ?? 'ROLLING';
  const goal = lastGoal(settings['wait-for']);
  const bake = goal.kind === 'healthy' ? 0 : (configuration.bakeTimeInMinutes ?? 0) * minute;
  if (strategy === 'ROLLING') {
    return [{ name: 'rolling update', goal, proof: 'production', waits: bake }];
  }
  const shares = sharesOf(strategy, configuration);
  const test: EcsStep = { name: 'test traffic', goal: { kind: 'paused' }, proof: 'test' };
  return [
    ...(settings['test-url'] ? [test] : []),
    ...shares.percents.map(
      (percent, i): EcsStep => ({
        name: `${percent} % of the traffic`,
        goal: { kind: 'share', percent },
        proof: 'share',
        waits: i === 0 ? 0 : shares.bake,
      }),
    ),
    {
      name: 'all of the traffic',
      goal,
      proof: 'production',
      waits: bake + (shares.percents.length > 0 ? shares.bake : 0),
    },
  ];
}

/** Whether a step follows the proof of the test traffic, so that the deployment may go on. */
export function followsTestTraffic(steps: readonly EcsStep[], step: EcsStep): boolean {
  return steps[steps.indexOf(step) - 1]?.proof === 'test';
}

/** Shares of the traffic before all of it, in percent, and how long ECS stays at each. */
function sharesOf(strategy: DeploymentStrategy, configuration: DeploymentConfiguration) {
  const { canaryConfiguration: canary, linearConfiguration: linear } = configuration;
  if (strategy === 'CANARY') {
    const percent = canary?.canaryPercent ?? defaults.canaryPercent;
    const bake = (canary?.canaryBakeTimeInMinutes ?? defaults.canaryBake) * minute;
    return { percents: percent < 100 ? [percent] : [], bake };
  }
  if (strategy !== 'LINEAR') return { percents: [], bake: 0 };
  const step = Math.max(3, linear?.stepPercent ?? defaults.stepPercent);
  const percents = Array.from({ length: Math.ceil(100 / step) - 1 }, (_, i) => step * (i + 1));
  return { percents, bake: (linear?.stepBakeTimeInMinutes ?? defaults.stepBake) * minute };
}

function lastGoal(waitFor: TrafficSettings['wait-for']): Goal {
  if (waitFor === 'completed' || waitFor === 'healthy') return { kind: waitFor };
  return { kind: 'stage', stage: waitFor };
}

/**
 * Checks what a service needs for its traffic to move, before anything is changed.
 * @param service as ECS describes it, or the document that it is created from
 * @throws Failure `ecs/traffic-settings` with the field to add
 */
export function checkTraffic(
  settings: TrafficSettings,
  service: Service | JsonObject,
  { strategy = 'ROLLING' }: DeploymentConfiguration = {},
): void {
  const loadBalancers = listField(service, 'loadBalancers');
  const serviceName = textField(service, 'serviceName') ?? '';
  const wrong = (missing: string): never => {
    const how = strategy.toLowerCase().replace('_', '-');
    throw Failure.of('ecs/traffic-settings', { service: serviceName, how, missing });
  };
  if (strategy === 'ROLLING') {
    if (settings['test-url'])
      wrong('a strategy with test traffic: input strategy or deploymentConfiguration.strategy');
    return;
  }
  const percent = settings['traffic-percent'] ?? 100;
  if (strategy === 'LINEAR' && percent < 3) wrong('a traffic-percent of at least 3');
  if (loadBalancers.length === 0) {
    if (settings['test-url']) wrong('loadBalancers, with a test listener');
    if (strategy !== 'BLUE_GREEN' && !movesByServiceConnect(service)) {
      wrong('loadBalancers or serviceConnectConfiguration, which move traffic');
    }
  }
  for (const [i, balancer] of loadBalancers.entries()) {
    const advanced = field(balancer, 'advancedConfiguration');
    const needed = [
      'alternateTargetGroupArn',
      'productionListenerRule',
      'roleArn',
      ...(settings['test-url'] ? (['testListenerRule'] as const) : []),
    ] as const;
    const missing = needed.filter((name) => !textField(advanced, name));
    if (missing.length > 0) {
      wrong(missing.map((name) => `loadBalancers[${i}].advancedConfiguration.${name}`).join(', '));
    }
  }
}

// A service has it in its deployments, and the document that it is created from in itself.
function movesByServiceConnect(service: Service | JsonObject): boolean {
  const primary = listField(service, 'deployments').filter(
    (one) => textField(one, 'status') === 'PRIMARY',
  );
  return [service, ...primary].some(
    (one) => field(field(one, 'serviceConnectConfiguration'), 'enabled') === true,
  );
}

/** What of the configuration changes, for people; the hook of this run is no lasting change. */
export function configurationDiff(
  has: DeploymentConfiguration = {},
  wanted: DeploymentConfiguration | undefined,
): DiffLine[] {
  if (!wanted) return [];
  const shown = [
    ['strategy', 'strategy'],
    ['bake time', 'bakeTimeInMinutes'],
    ['canary', 'canaryConfiguration'],
    ['linear', 'linearConfiguration'],
    ['circuit breaker', 'deploymentCircuitBreaker'],
    ['alarms', 'alarms'],
  ] as const;
  return shown
    .map(([what, field]) => ({ what, before: textOf(has[field]), after: textOf(wanted[field]) }))
    .filter(({ before, after }) => before !== after);
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

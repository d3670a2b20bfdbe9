import { commandInput } from '@slipway/shared/action/command-input';
import {
  type BadInput,
  boolean,
  choice,
  count,
  duration,
  type Input,
  lines,
  matching,
  text,
  webAddress,
} from '@slipway/shared/action/input';
import type { Problem } from '@slipway/shared/action/inputs';
import { map } from '@slipway/shared/action/key-values';
import type { Run } from '@slipway/shared/action/run';
import type { FileInputs } from '@slipway/shared/action/settings-file';
import { checkDeployInputs, deployInputs, imageExample } from '@slipway/shared/deploy/inputs';
import { documentInput } from '@slipway/shared/document/document-input';
import type { ImageReference } from '@slipway/shared/image/reference';
import { referenceInput } from '@slipway/shared/image/reference-input';
import type { manifest } from './manifest.ts';
import { checkRegion } from './region.ts';
import { secretReferences } from './secret-references.ts';
import { documentExamples, taskDefinitionInput } from './task-definition/given.ts';

/** Everything the action was told, checked. */
export type Settings = ReturnType<typeof readSettings>;

/** Reads and checks all inputs; loads nothing heavy. */
export function readSettings(run: Run<typeof manifest>, file?: FileInputs | BadInput) {
  const workspace = run.env['GITHUB_WORKSPACE'] || process.cwd();
  return run.inputs(
    {
      ...deployInputs,
      service: matching(/^[\w-]{1,255}$/, 'is not the name of a service', 'shop'),
      cluster: matching(clusterForm, 'is not the name or ARN of a cluster', 'production'),
      container: matching(containerName, 'is not the name of a container', 'web'),
      images: imagesInput,
      'task-definition': taskDefinitionInput(workspace),
      'service-definition': documentInput(workspace, documentExamples['service-definition']),
      secrets: secretReferences,
      'desired-count': count(0, 5_000),
      strategy: choice('rolling', 'blue-green', 'canary', 'linear'),
      'traffic-percent': count(1, 100),
      'traffic-bake': duration('0s', '24h'),
      'test-url': webAddress,
      'circuit-breaker': boolean,
      alarms: lines(text),
      'wait-for': waitFor,
      'run-before': commandInput,
      'run-before-container': matching(containerName, 'is not the name of a container', 'web'),
      'run-before-timeout': duration('1s', '6h'),
      'on-conflict': choice('wait', 'take-over', 'fail'),
      'lock-timeout': duration('0s', '6h'),
      'force-new-deployment': boolean,
      'keep-revisions': count(1, 1_000),
      'aws-role': matching(roleForm, 'is not the ARN of a role', roleExample),
      'aws-region': matching(/^[a-z]{2}(-[a-z]+)+-\d$/, 'is not a region', 'eu-central-1'),
    },
    (values, problem) => {
      checkDeployInputs(values, problem, 5);
      checkWhatIsDeployed(values, problem);
      checkTraffic(values, problem);
      checkRegion(values, run.env, problem);
      if (values['run-before-container'] && !values['run-before']) {
        problem('run-before-container', 'needs run-before', 'npm run migrate');
      }
    },
    file,
  );
}

const clusterForm = /^(?:arn:aws[a-z-]*:ecs:[a-z0-9-]+:\d{12}:cluster\/)?[\w-]{1,255}$/;
const containerName = /^[\w-]{1,255}$/;
const roleForm = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const roleExample = 'arn:aws:iam::123456789012:role/deploy';
const imageLines = map({ keys: containerName, example: `web=${imageExample}` });
const imagesInput: Input<ReadonlyMap<string, ImageReference>> = {
  ...imageLines,
  parse(value) {
    const images = [...imageLines.parse(value)];
    return new Map(images.map(([name, image]) => [name, referenceInput(image, imageExample)]));
  },
};

/** Stages of a deployment with test traffic, in their order: LifecycleStage of the ECS API. */
export const lifecycleStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;

const waitFor = choice('completed', 'healthy', ...lifecycleStages);

interface Deployed {
  image?: unknown;
  container?: unknown;
  images?: ReadonlyMap<string, ImageReference> | undefined;
  env?: unknown;
  'task-definition'?: unknown;
  'force-new-deployment': boolean;
}

function checkWhatIsDeployed(values: Deployed, problem: Problem): void {
  const { image, images } = values;
  if (!image && !images && !values['task-definition'] && !values['force-new-deployment']) {
    problem('image', 'is required where nothing else says what to deploy', imageExample);
  }
  if (typeof values.container === 'string' && image && images?.has(values.container)) {
    problem('images', `names the container ${values.container}, which image is for`);
  }
}

interface Traffic {
  strategy?: 'rolling' | 'blue-green' | 'canary' | 'linear' | undefined;
  'traffic-percent'?: number | undefined;
  'traffic-bake'?: number | undefined;
  'test-url'?: unknown;
}

function checkTraffic(values: Traffic, problem: Problem): void {
  const { strategy } = values;
  const given = (['traffic-percent', 'traffic-bake', 'test-url'] as const).filter(
    (name) => values[name] !== undefined,
  );
  if (strategy === undefined || strategy === 'rolling') {
    const settings = given.filter((name) => strategy !== undefined || name !== 'test-url');
    for (const name of settings) problem(name, 'needs strategy blue-green, canary or linear');
  }
  if (strategy === 'blue-green' && values['traffic-percent'] !== undefined) {
    problem('traffic-percent', 'needs strategy canary or linear');
  }
  if ((values['traffic-bake'] ?? 0) % 60_000 !== 0) {
    problem('traffic-bake', 'is not a number of whole minutes', '5m');
  }
}

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import { type LoadBalancingApi, openLoadBalancing } from '../../src/api/load-balancing.ts';
import { type LogsApi, openLogs } from '../../src/api/logs.ts';
import { decisiveFailure } from '../../src/diagnosis/decisive-failure.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import {
  type Emulated,
  emulatedService,
  loggedDefinitionOf,
  withService,
} from '../../test/rollout/emulated-service.ts';

// AWS as local-cloud has it: every request and answer is checked against AWS's own model.
let ecs: Emulated;
let logs: LogsApi & Disposable;
let targets: LoadBalancingApi & Disposable;
beforeEach(async () => {
  ecs = await emulatedService();
  const { as, context } = ecs.access;
  logs = openLogs(as, context);
  targets = openLoadBalancing(as, context);
});
afterEach(async () => {
  logs[Symbol.dispose]();
  targets[Symbol.dispose]();
  await ecs[Symbol.asyncDispose]();
});

/** Lets a version fail for two minutes, and finds out why; `decisive` is the verdict on its tasks. */
async function failing(script: keyof typeof scripts) {
  ecs.ecs.runtime.behave('shop:bad', scripts[script]);
  await withService(ecs);
  const { taskDefinition } = await ecs.client.registerTaskDefinition(
    loggedDefinitionOf('shop:bad'),
  );
  const since = ecs.clock.now();
  const { service } = await ecs.client.updateService({ service: 'shop', taskDefinition: 'shop' });
  const id = service?.deployments?.find(({ status }) => status === 'PRIMARY')?.id;
  await ecs.clock.sleep(120_000);
  const { taskArns: tasks = [] } = await ecs.client.listTasks({
    serviceName: 'shop',
    desiredStatus: 'STOPPED',
  });
  const stopped = await ecs.client.describeTasks({ tasks });
  const decisive = decisiveFailure(stopped.tasks ?? []);
  const evidence = await diagnose(
    {
      api: ecs.api,
      logs: { getLogEvents: (input, within) => ecs.clock.busy(logs.getLogEvents(input, within)) },
      targets,
      cluster: 'default',
      service: 'shop',
      deployment: { taskDefinition: taskDefinition?.taskDefinitionArn ?? '', id, arn: undefined },
      since,
      clock: ecs.clock,
    },
    new AbortController().signal,
  );
  return { ...evidence, decisive };
}

test('a crash, with the last words of the app', async () => {
  const { decisive, facts, logs: read } = await failing('crash');
  expect(decisive?.code).toBe('ecs/task-exited');
  expect(facts[0]).toMatch(/^\d+ tasks \(EssentialContainerExited\): web exited with code 1 /);
  expect(read[0]?.lines).toEqual(['Error: DATABASE_URL is not set']);
});

test.each([
  ['outOfMemory', 'ecs/out-of-memory', 'more memory than its limit'],
  ['noImage', 'ecs/image-pull', 'the registry has no such image'],
  ['noSecret', 'ecs/secret', 'may not read a secret'],
] as const)('%s', async (script, code, words) => {
  const { decisive, facts } = await failing(script);
  expect(decisive?.code).toBe(code);
  expect(facts[0]).toContain(words);
});

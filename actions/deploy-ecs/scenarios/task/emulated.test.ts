import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { scripts } from '../../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import { type LogsApi, openLogs } from '../../src/api/logs.ts';
import { RunBefore } from '../../src/task/run-before.ts';
import {
  type Emulated,
  emulatedService,
  loggedDefinitionOf,
  withService,
} from '../../test/rollout/emulated-service.ts';

// AWS as local-cloud has it: every request and answer is checked against AWS's own model.
let ecs: Emulated;
let logs: LogsApi & Disposable;
beforeEach(async () => {
  ecs = await emulatedService();
  ecs.ecs.runtime.behave('shop:task', scripts.task);
  ecs.ecs.runtime.behave('shop:crash', scripts.crash);
  ecs.ecs.runtime.behave('shop:absent', scripts.noImage);
  const { as, context } = ecs.access;
  logs = openLogs(as, context);
});
afterEach(async () => {
  logs[Symbol.dispose]();
  await ecs[Symbol.asyncDispose]();
});

async function runBefore(image: string, signal = new AbortController().signal) {
  await withService(ecs);
  const { taskDefinition } = await ecs.client.registerTaskDefinition(loggedDefinitionOf(image));
  const { services = [] } = await ecs.client.describeServices({ services: ['shop'] });
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const settings = {
    cluster: 'default',
    service: services[0] ?? {},
    taskDefinition: taskDefinition?.taskDefinitionArn ?? '',
    container: 'web',
    command: ['npm', 'run', 'migrate'],
    token: 'run 1',
  };
  const metered: LogsApi = {
    getLogEvents: (input, within) => ecs.clock.busy(logs.getLogEvents(input, within)),
  };
  const tools = {
    api: ecs.api,
    logs: metered,
    clock: ecs.clock,
    commands: { info: say, quote: (line: string) => say(`| ${line}`) },
  };
  const task = new RunBefore(settings, tools);
  const error: unknown = await task.run(signal).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, said, task, again: new RunBefore(settings, tools) };
}

describe('the task of run-before on the emulated ECS', () => {
  test('runs to its end, with its log', async () => {
    const { again, error, said } = await runBefore('shop:task');
    expect(error).toBeUndefined();
    expect(said).toContain('| done');
    expect(said.at(-1)).toBe('run-before: done');
    // The same attempt finds the same task.
    await again.run(new AbortController().signal);
    const { taskArns } = await ecs.client.listTasks({ family: 'shop', desiredStatus: 'STOPPED' });
    expect(taskArns).toHaveLength(1);
  });

  test('fails with its exit code and its last words', async () => {
    const { error, task } = await runBefore('shop:crash');
    expect(error).toMatchObject({ code: 'ecs/run-before' });
    expect(String(error)).toContain('web exited with code 1 (the app ended itself with an error)');
    expect(task.evidence.logs).toEqual([
      { source: 'web (run-before)', lines: ['Error: DATABASE_URL is not set'] },
    ]);
  });

  test('fails where there is no such image', async () => {
    const { error } = await runBefore('shop:absent');
    expect(error).toMatchObject({ code: 'ecs/run-before' });
    expect(String(error)).toContain('the registry has no such image');
  });

  test('is stopped with the job', async () => {
    const over = new AbortController();
    ecs.before.set('describeTasks', (time) => {
      if (time === 20) over.abort(Failure.of('action/cancelled', { signal: 'SIGINT' }));
    });
    const { error, said } = await runBefore('shop:1', over.signal);
    expect(error).toMatchObject({ code: 'action/cancelled' });
    expect(said.at(-1)).toMatch(/was told to stop$/);
    const { taskArns } = await ecs.client.listTasks({ family: 'shop', desiredStatus: 'STOPPED' });
    expect(taskArns).toHaveLength(1);
  });
});

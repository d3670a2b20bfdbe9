import type { ListTasksRequest } from '@aws-sdk/client-ecs';
import { describe, expect, it } from '@jest/globals';
import { describeTasks, listTasks } from '../../src/rollout/service-tasks.ts';
import { fakeEcs, meta } from '../fake-api.ts';

const name = { cluster: 'prod', service: 'shop' };
const { signal } = new AbortController();

/** A cluster of so many tasks, a page of 100 after the other; without an end where none is told. */
function cluster(tasks: number) {
  const asked: ListTasksRequest[] = [];
  const described: number[] = [];
  const api = fakeEcs({
    listTasks: async (input) => {
      asked.push(input);
      const from = Number(input.nextToken ?? 0);
      const count = Math.min(100, tasks - from);
      const taskArns = Array.from({ length: count }, (_, i) => `task/${from + i}`);
      return { ...meta, taskArns, ...(from + count < tasks && { nextToken: `${from + count}` }) };
    },
    describeTasks: async ({ tasks: arns = [] }) => {
      described.push(arns.length);
      return { ...meta, tasks: arns.map((taskArn) => ({ taskArn })) };
    },
  });
  return { api, asked, described };
}

describe('the tasks of a service', () => {
  it.each([
    [0, 1],
    [100, 1],
    [101, 2],
    [350, 4],
  ])('%d of them are listed page by page', async (tasks, pages) => {
    const { api, asked } = cluster(tasks);
    expect(await listTasks(api, name, 'RUNNING', signal)).toHaveLength(tasks);
    expect(asked).toHaveLength(pages);
    expect(asked[0]).toEqual({
      cluster: 'prod',
      serviceName: 'shop',
      desiredStatus: 'RUNNING',
      maxResults: 100,
    });
  });

  it.each([
    ['RUNNING', 10_000],
    ['STOPPED', 1_000],
  ] as const)(
    'a list of those that are %s ends, even when ECS sees no end',
    async (status, most) => {
      const { api } = cluster(Number.POSITIVE_INFINITY);
      expect(await listTasks(api, name, status, signal)).toHaveLength(most);
    },
  );

  it('are described a hundred at a time, and not at all where there are none', async () => {
    const { api, described } = cluster(250);
    const arns = await listTasks(api, name, 'RUNNING', signal);
    expect(await describeTasks(api, 'prod', arns, signal)).toHaveLength(250);
    expect(described).toEqual([100, 100, 50]);
    expect(await describeTasks(api, 'prod', [], signal)).toEqual([]);
    expect(described).toHaveLength(3);
  });
});

import { describe, expect, test } from '@jest/globals';
import { ecsBuckets } from '../../src/aws/ecs/buckets.ts';
import { serviceModel } from '../../src/aws/model/service-model.ts';
import { throttle } from '../../src/http/throttle.ts';

describe('a bucket of 3 tokens that gets 2 a second', () => {
  const start = () => {
    let now = 0;
    const take = throttle([{ actions: ['List', 'Describe'], burst: 3, rate: 2 }], () => now);
    return {
      taken: (wanted: number, action = 'List', region = 'eu-west-1') =>
        Array.from({ length: wanted }, () => take('1', region, action)).filter(Boolean).length,
      pass: (seconds: number) => {
        now += seconds * 1_000;
      },
    };
  };

  test('lets 3 requests through at once, whichever of its actions they are', () => {
    const { taken } = start();
    expect(taken(2, 'List') + taken(5, 'Describe')).toBe(3);
  });

  test.each([
    [0.4, 0],
    [0.5, 1],
    [1, 2],
    [60, 3],
  ])('lets %d seconds later %d more through', (seconds, more) => {
    const { pass, taken } = start();
    taken(9);
    pass(seconds);
    expect(taken(9)).toBe(more);
  });

  test('takes nothing for what was refused', () => {
    const { pass, taken } = start();
    taken(3);
    for (let tries = 0; tries < 5; tries++) {
      pass(0.125);
      taken(1);
    }
    expect(taken(1)).toBe(0);
    pass(0.375);
    expect(taken(9)).toBe(1);
  });

  test('is another one in another region, and none is there for other actions', () => {
    const { taken } = start();
    taken(3);
    expect(taken(9, 'List', 'us-east-1')).toBe(3);
    expect(taken(99, 'Other')).toBe(99);
  });
});

test('the buckets of ECS share no action, and all of these are in its model', () => {
  const actions = ecsBuckets.flatMap((bucket) => bucket.actions);
  expect(new Set(actions).size).toBe(actions.length);
  const { operations } = serviceModel('ecs');
  expect(actions.filter((action) => !(action in operations))).toEqual([]);
});

test.each([
  ['DescribeServices', 100, 20],
  ['DescribeServiceDeployments', 50, 20],
  ['UpdateService', 50, 5],
  ['RegisterTaskDefinition', 20, 1],
  ['DescribeTasks', 100, 20],
])('ECS takes %s %d times at once, and %d times a second', (action, burst, rate) => {
  let now = 0;
  const take = throttle(ecsBuckets, () => now);
  const taken = () => Array.from({ length: 500 }, () => take('1', 'r', action)).filter(Boolean);
  expect(taken()).toHaveLength(burst);
  now = 1_000;
  expect(taken()).toHaveLength(rate);
});

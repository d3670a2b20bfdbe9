import { describe, expect, it } from '@jest/globals';
import { breakerThreshold } from '../../../src/aws/ecs/services/breaker.ts';
import { type Manner, planTasks } from '../../../src/aws/ecs/services/plan-tasks.ts';
import { Timeline } from '../../../src/timeline.ts';
import { ManualClock } from '../../manual-clock.ts';

describe('the threshold of the circuit breaker', () => {
  it.each<
    [
      type: 'BOUNDED_PERCENT' | 'COUNT' | 'UNBOUNDED_PERCENT' | undefined,
      value: number,
      desired: number,
      threshold: number,
    ]
  >([
    [undefined, 0, 1, 3],
    [undefined, 0, 25, 13],
    [undefined, 0, 400, 200],
    [undefined, 0, 800, 200],
    ['BOUNDED_PERCENT', 10, 100, 10],
    ['BOUNDED_PERCENT', 10, 10, 3],
    ['UNBOUNDED_PERCENT', 10, 10, 1],
    ['UNBOUNDED_PERCENT', 100, 300, 300],
    ['COUNT', 1, 50, 1],
  ])('%s %i of %i tasks is %i', (type, value, desired, threshold) => {
    const breaker = {
      enable: true,
      rollback: true,
      ...(type && { thresholdConfiguration: { type, value } }),
    };
    expect(breakerThreshold(breaker, desired)).toBe(threshold);
  });
});

describe('what the scheduler does next', () => {
  it.each<
    [
      manner: Manner,
      percent: [least: number, most: number],
      desired: number,
      target: [live: number, healthy: number],
      others: [live: number, healthy: number],
      start: number,
      stop: number,
      stopOthers: number,
    ]
  >([
    // All new ones at once, then one old one for each new one that is healthy.
    ['rolling', [100, 200], 4, [0, 0], [4, 4], 4, 0, 0],
    ['rolling', [100, 200], 4, [4, 0], [4, 4], 0, 0, 0],
    ['rolling', [100, 200], 4, [4, 1], [4, 4], 0, 0, 1],
    ['rolling', [100, 200], 4, [4, 4], [4, 4], 0, 0, 4],
    // No room for all: as many as fit.
    ['rolling', [100, 150], 4, [0, 0], [4, 4], 2, 0, 0],
    ['rolling', [100, 125], 1, [0, 0], [1, 1], 0, 0, 0],
    // No room at all: old ones go first, down to the minimum, rounded up.
    ['rolling', [50, 100], 4, [0, 0], [4, 4], 0, 0, 2],
    ['rolling', [50, 100], 3, [0, 0], [3, 3], 0, 0, 1],
    ['rolling', [0, 100], 1, [0, 0], [1, 1], 0, 0, 1],
    // What is not healthy keeps nothing alive.
    ['rolling', [100, 200], 2, [2, 0], [2, 1], 0, 0, 1],
    // More than is wanted.
    ['rolling', [100, 200], 1, [3, 3], [0, 0], 0, 2, 0],
    ['rolling', [100, 200], 0, [2, 2], [0, 0], 0, 2, 0],
    ['beside', [100, 200], 2, [0, 0], [2, 2], 2, 0, 0],
    ['beside', [100, 200], 2, [2, 2], [2, 2], 0, 0, 0],
    ['cleaning', [100, 200], 2, [2, 2], [2, 2], 0, 0, 2],
    ['cleaning', [100, 200], 2, [1, 1], [2, 2], 1, 0, 2],
    ['frozen', [100, 200], 2, [0, 0], [1, 0], 0, 0, 0],
  ])(
    '%s %j of %i: new %j, old %j: starts %i, stops %i and %i old',
    (manner, [least, most], desired, target, others, start, stop, stopOthers) => {
      const counted = ([live, healthy]: readonly [number, number]) => ({ live, healthy });
      expect(
        planTasks({
          manner,
          desired,
          minimumHealthyPercent: least,
          maximumPercent: most,
          target: counted(target),
          others: counted(others),
        }),
      ).toEqual({ start, stop, stopOthers });
    },
  );
});

describe('the timeline', () => {
  it('lives through what is due in the order of time, what that brings with it too', () => {
    const clock = new ManualClock();
    const timeline = new Timeline(clock);
    const begin = timeline.time;
    const told: string[] = [];
    const tell = (name: string) => told.push(`${name} ${timeline.time - begin}`);
    timeline.after(20, () => tell('late'));
    timeline.after(10, () => {
      tell('early');
      timeline.after(5, () => tell('brought'));
    });
    timeline.after(15, () => tell('same'));
    const cancel = timeline.after(12, () => tell('never'));
    cancel();
    clock.pass(15);
    timeline.advance();
    expect(told).toEqual(['early 10', 'same 15', 'brought 15']);
    clock.pass(100);
    timeline.advance();
    expect(told.at(-1)).toBe('late 20');
    expect(timeline.time - begin).toBe(115);
  });

  it('keeps up by itself on a clock that sleeps, until its signal', async () => {
    const clock = new ManualClock();
    const timeline = new Timeline(clock);
    const controller = new AbortController();
    const done = new Promise<void>((resolve) => timeline.after(5_000, resolve));
    const keeping = timeline.keepUp(controller.signal);
    await done;
    controller.abort();
    await keeping;
  });
});

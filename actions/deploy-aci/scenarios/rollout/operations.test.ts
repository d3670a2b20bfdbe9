import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import { scripts } from '../../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import type { LongRunning } from '../../../../packages/local-cloud/src/azure/aci/world.ts';
import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import { image, World } from '../world.ts';

const shapes = ['Azure-AsyncOperation', 'Location', 'both', 'none'] as const;
const answers: readonly Omit<LongRunning, 'shape'>[] = [
  { status: 201, deletes: 'at-once', events: true },
  { status: 202, deletes: 'later', retryAfter: 1 },
];
const ends = [
  { name: 'shop-2', strategy: 'rehearse', status: 'deployed', serves: 'shop-2' },
  { name: 'shop-2', strategy: 'recreate', status: 'deployed', serves: 'shop-2' },
  { name: 'shop-crash', strategy: 'in-place', status: 'rolled-back', serves: 'shop-1' },
  { name: 'shop-absent', strategy: 'rehearse', status: 'rolled-back', serves: 'shop-1' },
] as const;
const reasons = { 'shop-2': '', 'shop-crash': 'aci/crash-loop', 'shop-absent': 'aci/image-pull' };

const rows = shapes.flatMap((shape) =>
  answers.flatMap((answer) =>
    ends.map((end) => ({ ...end, code: answer.status, shown: shape, how: { ...answer, shape } })),
  ),
);
type Row = (typeof rows)[number];

describe('an operation of Azure', () => {
  const ended = new Map<Row, { step: StepResult; groups: readonly string[]; runs: unknown }>();
  beforeAll(async () => {
    const errors = await eachLimited(rows, { limit: 4, whatever: true }, async (row) => {
      await using world = await World.open();
      await world.given('shop-1');
      // It goes on for some looks.
      world.behave('shop-2', { ...scripts.healthy, pull: 100_000 });
      world.azure.world.longRunning = row.how;
      const { name, strategy } = row;
      const step = await world.deploy(name, { strategy });
      // What was asked to be deleted goes by itself.
      const until = performance.now() + 20_000;
      while (world.groups.length > 1 && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const { groups } = world;
      const group = world.azure.world.group('shop');
      const runs = group.body.properties.containers[0]?.properties.image;
      ended.set(row, { step, groups, runs });
    });
    expect(errors).toEqual([]);
  }, 300_000);

  it.each(rows)('$code with $shown, $strategy of $name: $status', (row) => {
    const { groups, runs, step } = ended.get(row) ?? {};
    const { reason = '', status } = step?.outputs ?? {};
    expect({ status, reason }).toEqual({ status: row.status, reason: reasons[row.name] });
    expect(runs).toBe(image(row.serves));
    expect(groups).toEqual(['shop']);
  });
});

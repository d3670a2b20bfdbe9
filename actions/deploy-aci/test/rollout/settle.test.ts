import { expect, test } from '@jest/globals';
import { virtualClock } from '../../../../packages/shared/test/deploy/virtual-clock.ts';
import { settle } from '../../src/rollout/settle.ts';
import { inTurn } from '../fake-aci.ts';

const { signal } = new AbortController();
const group = (provisioningState: string) => ({ properties: { provisioningState } });

function world(read: () => Promise<ReturnType<typeof group>>) {
  const said: string[] = [];
  const clock = virtualClock();
  const settled = async (isOurs = false) =>
    settle(
      {
        name: 'shop',
        first: await read(),
        clock,
        limit: 60_000,
        read,
        isOurs: () => isOurs,
        say: (line) => said.push(line),
      },
      signal,
    );
  return { said, clock, settled };
}

test.each(['Accepted', 'Pending', 'Creating', 'Updating', 'Deleting'])(
  'waits while it is %s, and says so once',
  async (state) => {
    const { said, settled } = world(inTurn(group(state), group(state), group('Succeeded')));
    expect(await settled()).toEqual(group('Succeeded'));
    expect(said).toEqual([`shop is being changed (${state}): waiting until that is over`]);
  },
);

test.each(['Succeeded', 'Failed', 'Canceled', 'Unhealthy', 'Repairing', 'NotSpecified', 'Unheard'])(
  'does not wait for one that is %s',
  async (state) => {
    const { clock, settled } = world(inTurn(group(state)));
    expect(await settled()).toEqual(group(state));
    expect(clock.now()).toBe(0);
  },
);

test('ends when the time is up, and names the group and its state', async () => {
  const { clock, settled } = world(inTurn(group('Updating')));
  await expect(settled()).rejects.toThrow(
    'shop is still being changed by somebody else (Updating) after 1 min.',
  );
  expect(clock.now()).toBe(60_000);
});

test('takes up what an earlier attempt of this run has begun', async () => {
  const { said, settled } = world(inTurn(group('Pending')));
  expect(await settled(true)).toEqual(group('Pending'));
  expect(said[0]).toContain('an earlier attempt of this run');
});

import { image, World } from '../actions/deploy-aci/scenarios/world.ts';
import type { Row } from './measure.ts';

const rollouts = 3;
/** Seconds, of the design. */
const most = { over: 1, failed: 3, requests: 2 };
const look = 5;

/** How late deploy-aci notices, by the built bundle and in real time, how a rollout of some seconds ended. */
export async function aciRollout(): Promise<Row[]> {
  await using world = await World.open(undefined, 1);
  const { azure } = world;
  let late = 0;
  for (let i = 0; i < rollouts; i += 1) {
    world.behave(`shop-slow-${i}`, { start: 500, ready: 0, pull: 6_000 + i * 370 });
    const step = world.start(`shop-slow-${i}`);
    const ready = await when(() => {
      const [group] = azure.world.groups();
      const [container] = group?.containers ?? [];
      const runs = group?.provisioningState === 'Succeeded' && container?.state.state === 'Running';
      return (
        runs && group.body.properties.containers[0]?.properties.image === image(`shop-slow-${i}`)
      );
    });
    await step.saw(/^done: prove/m);
    late += Date.now() - ready;
    const { log, outputs } = await step.done;
    if (outputs['status'] !== 'deployed') throw new Error(log);
  }
  const mean = late / rollouts / 1_000;
  world.behave('shop-gone', { pull: 4_000, pullFails: 'failed to resolve reference: not found' });
  const step = world.start('shop-gone');
  const known = await when(() =>
    azure.world
      .groups()[0]
      ?.containers[0]?.events.list()
      .some(({ name }) => name === 'Failed'),
  );
  await step.saw(/^(done|FAILED): diagnose/m);
  const failed = (Date.now() - known) / 1_000;
  await step.done;
  const requests = await untilFirstCall();
  return [
    {
      what: 'deploy-aci: requests for a token before the first call of Azure Resource Manager',
      measured: `${requests}`,
      bar: `≤ ${most.requests}`,
      held: requests <= most.requests,
    },
    {
      what: 'deploy-aci: group runs to proof, in real time',
      measured: `${mean.toFixed(2)} s in the mean`,
      bar: `≤ ${most.over} s`,
      held: mean <= most.over,
    },
    {
      what: 'deploy-aci: image cannot be pulled to the reason, in real time',
      measured: `${failed.toFixed(2)} s`,
      bar: `≤ ${most.failed} s`,
      held: failed <= most.failed,
    },
  ];
}

/** To GitHub and to Entra, by the built bundle. */
async function untilFirstCall(): Promise<number> {
  await using world = await World.open();
  let requests = 0;
  let isCalled = false;
  // These pick no request for a fault, they only see them all.
  const asked = () => {
    if (!isCalled) requests += 1;
    return false;
  };
  const called = () => {
    isCalled = true;
    return false;
  };
  world.github.faults.when('id-token', asked, 'reset');
  world.azure.azure.faults.when('entra', asked, 'reset');
  world.azure.azure.faults.when('arm', called, 'reset');
  const { log, outputs } = await world.deploy('shop-1');
  if (outputs['status'] !== 'deployed') throw new Error(log);
  return requests;
}

/** The moment at which something is true, by the clock of the machine. */
async function when(is: () => boolean | undefined): Promise<number> {
  const end = Date.now() + 60_000;
  while (!is()) {
    if (Date.now() > end) throw new Error('it did not come to that within a minute');
    await new Promise((resolve) => setTimeout(resolve, look));
  }
  return Date.now();
}

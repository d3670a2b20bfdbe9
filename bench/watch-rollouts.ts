// Watches so many rollouts at the same time, as the action does, and says what that took: CPU and
// memory of this process alone, as the emulated ECS is another one.

import { openEcs } from '../actions/deploy-ecs/src/api/open-ecs.ts';
import { decisiveFailure } from '../actions/deploy-ecs/src/diagnosis/decisive-failure.ts';
import type { EcsChange } from '../actions/deploy-ecs/src/rollout/change.ts';
import {
  primaryOf,
  readService,
  ServiceDeployments,
} from '../actions/deploy-ecs/src/rollout/read-service.ts';
import { TaskWatch } from '../actions/deploy-ecs/src/rollout/task-watch.ts';
import { Watch } from '../actions/deploy-ecs/src/rollout/watch.ts';
import { eachLimited } from '../packages/shared/src/concurrency/each-limited.ts';
import { httpFetch } from '../packages/shared/src/http/fetch.ts';
import { environmentIdentity } from '../packages/shared/src/identity/aws-environment.ts';
import { systemClock } from '../packages/shared/src/time/clock.ts';

const [count = 0, rounds = 0] = process.argv.slice(2).map(Number);
const { signal } = new AbortController();
const region = process.env['AWS_REGION'] ?? '';
const context = {
  env: process.env,
  fetch: httpFetch,
  clock: systemClock,
  mask: () => undefined,
};
const identity = environmentIdentity(region, context);
using api = await openEcs({ region, identity }, context);
const say = (line: string) => {
  throw new Error(line);
};

/** As fast as the emulated ECS answers, which has one thread. */
async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const [failed] = await eachLimited(items, { limit: 20, whatever: false }, work);
  if (failed) throw failed.error;
}

async function watching(service: string) {
  const name = { cluster: 'default', service };
  const found = await readService(api, name, signal);
  const primary = found && primaryOf(found);
  const tasks = new TaskWatch({
    api,
    name,
    say,
    decisiveFailure: (stopped) => decisiveFailure(stopped, 1),
    targetsAgainst: async () => undefined,
    hasHealthCheck: () => false,
  });
  const deployments = new ServiceDeployments(say);
  const watch = new Watch({ api, name, deployments, tasks, clock: systemClock });
  const change: EcsChange = {
    deployment: { taskDefinition: primary?.taskDefinition ?? '', id: primary?.id, arn: undefined },
    goal: { kind: 'completed' },
    before: { current: undefined },
    previous: undefined,
    proof: 'production',
    direction: 'forward',
  };
  return async () => {
    const { state } = await watch.look(change, signal);
    if (state !== 'progress') throw new Error(`the rollout of ${service} is ${state}`);
  };
}

const looks: Array<() => Promise<void>> = [];
await together([...Array(count).keys()], async (i) => {
  looks.push(await watching(`shop-${i}`));
});
// The first look finds the service deployment, and runs code that nothing has run before.
const round = () => together(looks, (look) => look());
await round();
const start = process.cpuUsage();
for (let i = 0; i < rounds; i += 1) await round();
const { system, user } = process.cpuUsage(start);
console.log(
  JSON.stringify({ cpu: (system + user) / 1_000, kilobytes: process.resourceUsage().maxRSS }),
);

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openEcs } from '../actions/deploy-ecs/src/api/open-ecs.ts';
import { definitionOf, serviceOf } from '../actions/deploy-ecs/test/rollout/emulated-service.ts';
import { startAws } from '../packages/local-cloud/src/aws/aws.ts';
import { quickDurations } from '../packages/local-cloud/src/aws/ecs/options.ts';
import { scripts } from '../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import { virtualEcs } from '../packages/local-cloud/src/aws/ecs/virtual/virtual-ecs.ts';
import { httpFetch } from '../packages/shared/src/http/fetch.ts';
import { field, parseJson } from '../packages/shared/src/http/json.ts';
import { systemClock } from '../packages/shared/src/time/clock.ts';
import type { Row } from './measure.ts';

const program = join(import.meta.dirname, 'watch-rollouts.ts');
const role = 'arn:aws:iam::123456789012:role/deploy';
const region = 'eu-central-1';
const counts = { few: 50, many: 500 };
const rounds = 2;
/** Ten times as many rollouts may take so much more, and all of them so much memory. */
const most = { times: 12, megabytes: 300 };

/** What it takes to watch 500 rollouts at the same time in one process, against 50. */
export async function ecsWatch(): Promise<Row[]> {
  const ecs = virtualEcs({ durations: quickDurations });
  // Nothing of a rollout ends while it is watched.
  ecs.runtime.behave('shop:1', { ...scripts.healthy, pull: 3_600_000 });
  await using aws = await startAws({ ecs: ecs.worlds, throttled: false });
  const credentials = aws.credentials(role);
  const identity = { who: role, credentials: async () => credentials };
  const context = { env: aws.env, fetch: httpFetch, clock: systemClock, mask: () => undefined };
  using api = await openEcs({ region, identity }, context);
  const { signal } = new AbortController();
  await api.registerTaskDefinition(definitionOf('shop:1'), signal);
  for (let i = 0; i < counts.many; i += 1) {
    const named = { serviceName: `shop-${i}`, taskDefinition: 'shop' };
    await api.createService({ ...serviceOf(1), ...named }, signal);
  }
  const env = {
    ...process.env,
    ...aws.env,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
  const watched = async (count: number) => {
    const args = ['--conditions=source', program, String(count), String(rounds)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    const said = parseJson(stdout);
    return { cpu: Number(field(said, 'cpu')), kilobytes: Number(field(said, 'kilobytes')) };
  };
  const few = await watched(counts.few);
  const many = await watched(counts.many);
  const ratio = many.cpu / few.cpu;
  const megabytes = many.kilobytes / 1_024;
  const each = many.cpu / (counts.many * rounds);
  return [
    {
      what: `deploy-ecs: ${counts.many} rollouts watched at once`,
      measured: `${ratio.toFixed(1)} × ${counts.few} rollouts (${each.toFixed(1)} ms of CPU a look)`,
      bar: `≤ ${most.times} ×`,
      held: ratio <= most.times,
    },
    {
      what: `deploy-ecs: memory with ${counts.many} rollouts`,
      measured: `${megabytes.toFixed(0)} MB`,
      bar: `≤ ${most.megabytes} MB`,
      held: megabytes <= most.megabytes,
    },
  ];
}

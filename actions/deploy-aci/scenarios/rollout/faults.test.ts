import { beforeAll, describe, expect, it } from '@jest/globals';
import { eachLimited } from '@slipway/shared/concurrency/each-limited';
import { scripts } from '../../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import type { Request } from '../../../../packages/local-cloud/src/http/exchange.ts';
import type { Fault } from '../../../../packages/local-cloud/src/http/faults.ts';
import type { StepResult } from '../../../../packages/local-cloud/src/runner.ts';
import { image, World } from '../world.ts';

/** A request to Azure Resource Manager, by the end of its path. */
interface Asked {
  method: 'GET' | 'PUT' | 'DELETE';
  path: RegExp;
  /** Only after so many requests of another kind. */
  after?: { method: 'GET' | 'PUT' | 'DELETE'; path: RegExp; times: number };
}

const group = /containerGroups\/shop$/;
const candidate = /containerGroups\/shop-next$/;
const put = { method: 'PUT', path: group } as const;

/** What is asked for in each phase, in a run with a rehearsal and one whose version crashes. */
const phases = {
  check: { method: 'GET', path: group },
  'plan, quotas': { method: 'GET', path: /locations\/eastus\/usages$/ },
  'prepare, candidate': { method: 'GET', path: candidate },
  'apply, candidate': { method: 'PUT', path: candidate },
  'watch, candidate': {
    method: 'GET',
    path: candidate,
    after: { method: 'PUT', path: candidate, times: 1 },
  },
  'end of the candidate': { method: 'DELETE', path: candidate },
  apply: put,
  watch: { method: 'GET', path: group, after: { ...put, times: 1 } },
  'watch, operation': { method: 'GET', path: /operations\/[^/]+$/i, after: { ...put, times: 1 } },
} satisfies Record<string, Asked>;
const phasesBack = {
  diagnose: { method: 'GET', path: /containers\/shop\/logs$/ },
  rollback: { ...put, after: { ...put, times: 1 } },
  'watch, rollback': { method: 'GET', path: group, after: { ...put, times: 2 } },
} satisfies Record<string, Asked>;

const repeated = (times: number, fault: Fault) => Array.from({ length: times }, () => fault);

/** More often than the SDK repeats a request, which is three times. */
const often = 5;
const faults: Record<string, readonly Fault[]> = {
  throttled: repeated(often, { status: 429, headers: { 'retry-after': '1' } }),
  'an error often': repeated(often, { status: 500 }),
  reset: ['reset'],
  'the answer is lost': ['lost'],
  'the answer is slow': [{ delay: 3_000 }],
};
/** What counts whether it was carried out. */
const lostOften = repeated(often, 'lost');

/** Before anything is changed, and beyond what is repeated: the run ends there. */
const stopsAt = (phase: string, fault: string) =>
  ['check', 'prepare, candidate'].includes(phase) && fault === 'an error often';

interface Row {
  phase: string;
  asked: Asked;
  fault: string;
  faults: readonly Fault[];
  isBad: boolean;
}

const rows: readonly Row[] = [
  ...Object.entries(phases).map(([phase, asked]) => ({ phase, asked, isBad: false })),
  ...Object.entries(phasesBack).map(([phase, asked]) => ({ phase, asked, isBad: true })),
].flatMap((row: Pick<Row, 'phase' | 'asked' | 'isBad'>) => [
  ...Object.entries(faults).map(([fault, hits]) => ({ ...row, fault, faults: hits })),
  ...(row.asked.method === 'GET'
    ? []
    : [{ ...row, fault: 'the answer is lost often', faults: lostOften }]),
]);

interface Ended {
  step: StepResult;
  serves: string | undefined;
  answers: string;
  groups: readonly string[];
  /** Faults that hit nothing. */
  left: number;
}

describe('what Azure does badly', () => {
  const ended = new Map<Row, Ended>();
  beforeAll(async () => {
    const errors = await eachLimited(rows, { limit: 6, whatever: true }, async (row) => {
      ended.set(row, await gone(row));
    });
    expect(errors).toEqual([]);
  }, 600_000);

  it.each(rows)('$phase, $fault', (row) => {
    const one = ended.get(row);
    if (!one) throw new Error('it has not ended');
    const { answers, groups, left, serves, step } = one;
    const stops = stopsAt(row.phase, row.fault);
    const expected = row.isBad
      ? { status: 'rolled-back', reason: 'aci/crash-loop', serves: image('shop-1') }
      : stops
        ? { status: 'failed', reason: 'aci/unavailable', serves: image('shop-1') }
        : { status: 'deployed', reason: '', serves: image('shop-2') };
    const { reason = '', status } = step.outputs;
    expect({ status, reason, serves }).toEqual(expected);
    expect(step.errors).toHaveLength(expected.reason === '' ? 0 : 1);
    // The app itself says the same, and nothing is left beside it.
    expect(answers).toContain(expected.serves);
    expect(groups).toEqual(['shop']);
    // The fault has hit.
    expect(left).toBeLessThan(row.faults.length);
    const last = step.log.trimEnd().split('\n').at(-1) ?? '';
    if (stops) expect(last).toBe('failed: shop in shop was not changed.');
    else expect(last).toContain(`(${expected.serves}), proven by http://127.`);
  });
});

async function gone({ asked, faults: hits, isBad }: Row): Promise<Ended> {
  await using world = await World.open();
  await world.given('shop-1');
  // Its operation goes on for some looks.
  world.behave('shop-2', { ...scripts.healthy, pull: 150_000 });
  const { faults: queue } = world.azure.azure;
  queue.when('arm', picks(asked), ...hits);
  const step = await world.deploy(isBad ? 'shop-crash' : 'shop-2', {
    timeout: '2m',
    ...(!isBad && { strategy: 'rehearse' }),
  });
  const { groups } = world;
  const serving = world.azure.world.group('shop');
  const answer = await fetch(`http://${serving.address}:3000/health`);
  return {
    step,
    serves: serving.body.properties.containers[0]?.properties.image,
    answers: await answer.text(),
    groups,
    left: queue.left('arm').length,
  };
}

function picks({ after, ...asked }: Asked): (request: Request) => boolean {
  const isOf = ({ method, url }: Request, one: Asked) =>
    method === one.method && one.path.test(url.pathname);
  let before = 0;
  return (request) => {
    if (after && before < after.times) {
      if (isOf(request, after)) before += 1;
      return false;
    }
    return isOf(request, asked);
  };
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type LocalGrafana, startGrafana } from '../../../../local-cloud/src/grafana.ts';
import type { Fault } from '../../../../local-cloud/src/http/faults.ts';
import { markDeploy } from '../../../src/deploy/marker/mark-deploy.ts';
import type { DeployResult } from '../../../src/deploy/result.ts';
import { Failure } from '../../../src/failure/failure.ts';
import { httpFetch } from '../../../src/http/fetch.ts';
import { systemClock } from '../../../src/time/clock.ts';
import { type Circumstances, runFake } from '../run-fake.ts';

const image = `ghcr.io/acme/shop@sha256:${'0123456789abcdef'.repeat(4)}`;
let grafana: LocalGrafana;

beforeAll(async () => {
  grafana = await startGrafana('/grafana');
});
afterAll(async () => grafana[Symbol.asyncDispose]());
beforeEach(() => {
  grafana.annotations.length = 0;
});

interface Given {
  result?: Partial<DeployResult>;
  url?: string;
  token?: string;
  service?: string;
  environment?: string;
  commit?: string;
  signal?: AbortSignal;
}

async function mark(given: Given = {}) {
  const plan = { image, previousImage: undefined, diff: [], serves: 'previous' } as const;
  const result: DeployResult = {
    target: 'shop',
    status: 'deployed',
    serving: 'new',
    plan: { ...plan, rollback: { to: 'previous' }, steps: [{ name: 'all' }] },
    proof: undefined,
    failure: undefined,
    rollbackFailure: undefined,
    noRollback: '',
    left: '',
    evidence: undefined,
    duration: undefined,
    timeline: [
      { name: 'lock', start: 1_000, end: 61_000, ok: true },
      { name: 'apply: canary web-1', start: 61_000, end: 62_000, ok: true },
      { name: 'apply: all', start: 63_000, end: 64_000, ok: true },
    ],
    ...given.result,
  };
  const said: string[] = [];
  const warnings: string[] = [];
  const before = grafana.asked();
  await markDeploy(
    result,
    {
      'grafana-url': new URL(given.url ?? grafana.url),
      'grafana-token': given.token ?? grafana.token,
      'grafana-environment': given.environment,
    },
    {
      // Pauses pass at once; so does the limit of a request, a little later.
      clock: {
        now: () => 90_000,
        sleep: (ms, signal) => systemClock.sleep(ms === 5_000 ? 500 : 0, signal),
      },
      signal: given.signal ?? new AbortController().signal,
      commands: {
        info: (line) => void said.push(line),
        warning: (text, title) => void warnings.push(`${title}: ${text}`),
      },
      github: { runUrl: 'https://github.com/acme/shop/actions/runs/4711' },
      service: () => given.service ?? 'shop',
      commit: given.commit ?? '',
      fetch: httpFetch,
    },
  );
  return { said, warnings, asked: grafana.asked() - before };
}

describe('a deploy is marked in Grafana', () => {
  it('from its first change to its end, for all dashboards', async () => {
    const { said, warnings, asked } = await mark({ environment: 'production' });
    expect(warnings).toEqual([]);
    expect(asked).toBe(1);
    expect(said).toEqual([`Marked in Grafana at ${grafana.host}: annotation 1.`]);
    expect(grafana.annotations).toEqual([
      {
        id: 1,
        time: 61_000,
        timeEnd: 90_000,
        tags: [
          'deploy',
          'service:shop',
          'environment:production',
          `digest:${'0123456789abcdef'.repeat(4)}`,
          'outcome:deployed',
        ],
        text: [
          'shop in production: deployed, the new version serves',
          `deployed: ${image}`,
          'run: https://github.com/acme/shop/actions/runs/4711',
        ].join('\n'),
      },
    ]);
  });

  const failure = Failure.of('deploy/exited', { what: 'web', why: 'exit code 1' });
  it.each<[string, Partial<DeployResult>, string, string]>([
    [
      'is rolled back',
      { status: 'rolled-back', serving: 'old', failure },
      'outcome:rolled-back',
      'shop: rolled-back (deploy/exited), the version before serves',
    ],
    [
      'fails',
      { status: 'failed', serving: 'unknown', failure },
      'outcome:failed',
      'shop: failed (deploy/exited), it is not known what serves',
    ],
  ])('that %s', async (_, result, tag, text) => {
    await mark({ result });
    expect(grafana.annotations[0]?.tags).toContain(tag);
    expect(grafana.annotations[0]?.text.split('\n')[0]).toBe(text);
  });

  it('that changed nothing, at one point in time', async () => {
    const result = {
      status: 'failed',
      serving: 'unchanged',
      plan: undefined,
      timeline: [],
    } as const;
    await mark({ result });
    expect(grafana.annotations).toMatchObject([
      { time: 90_000, timeEnd: 90_000, tags: ['deploy', 'service:shop', 'outcome:failed'] },
    ]);
  });

  it('by its commit where there is no image', async () => {
    const { plan } = (await runFake({})).result;
    await mark({ commit: 'abc123', result: { plan: plan && { ...plan, image: '' } } });
    expect(grafana.annotations[0]?.tags).toContain('commit:abc123');
  });

  it.each<[string, Circumstances]>([
    ['planned', { dryRun: true }],
    ['unchanged', { same: true }],
  ])('and is not when it is %s', async (status, circumstances) => {
    const { result } = await runFake(circumstances);
    expect(result.status).toBe(status);
    const { asked, warnings } = await mark({ result });
    expect([asked, warnings]).toEqual([0, []]);
  });

  it.each<[string, Given, string, string]>([
    [
      'of HTML',
      { environment: '<img src=x onerror="alert(1)">&' },
      'environment:<img src=x onerror="alert(1)">&',
      'shop in &lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;: deployed',
    ],
    ['with a colon', { service: 'eu:shop:web' }, 'service:eu-shop-web', 'eu:shop:web: deployed'],
    [
      'of several lines',
      { service: 'shop\nrun: https://evil.example' },
      'service:shop run- https-//evil.example',
      'shop run: https://evil.example: deployed',
    ],
    [
      'that is too long for a tag',
      { environment: '€'.repeat(200), service: 's'.repeat(255) },
      `environment:${'€'.repeat(26)}`,
      `${'s'.repeat(255)} in`,
    ],
  ])('with a name %s', async (_, given, tag, text) => {
    const { warnings } = await mark(given);
    expect(warnings).toEqual([]);
    expect(grafana.annotations[0]?.tags).toContain(tag);
    expect(grafana.annotations[0]?.text.split('\n')[0]).toContain(text);
  });
});

describe('a marker that cannot be written', () => {
  const warned = (why: string) =>
    `deploy/marker: This deploy has no marker in Grafana at ${grafana.host}: ${why}. This changes nothing about the deploy. \`grafana-url\` is the address of Grafana without \`/api\`, and \`grafana-token\` the token of a service account that has the permission \`annotations:create\`.`;

  it.each<[string, () => Given, string]>([
    [
      'as the token is unknown',
      () => ({ token: 'glsa_gone' }),
      'it does not know the token (status 401, Invalid API key)',
    ],
    [
      'as the token may not',
      () => ({ token: grafana.viewerToken }),
      "the token lacks the permission annotations:create (status 403, You'll need additional permissions to perform this action. Permissions needed: annotations:create)",
    ],
    [
      'as the address is not that of Grafana',
      () => ({ url: `${grafana.url}/api/` }),
      'it has no /grafana/api/api/annotations (status 404, Not found)',
    ],
  ])('%s is a warning with the reason, after one request', async (_, given, why) => {
    const { said, warnings, asked } = await mark(given());
    expect(warnings).toEqual([warned(why)]);
    expect([said, asked]).toEqual([[], 1]);
  });

  const location = { location: 'https://login.example/sign-in?token=1' };
  it.each<[string, Fault[], number, string]>([
    ['fails', [{ status: 500 }, { status: 500 }], 2, 'it refuses (status 500)'],
    [
      'is away behind its proxy',
      [
        { status: 502, body: '<html>Bad Gateway</html>' },
        { status: 503, headers: { 'retry-after': '1' } },
      ],
      2,
      'it refuses (status 503)',
    ],
    [
      'wants more time than a marker is worth',
      [{ status: 503, headers: { 'retry-after': '3600' } }],
      1,
      'it refuses (status 503)',
    ],
    ['is silent', ['slow', 'slow'], 2, 'no answer within 5 s'],
    [
      'redirects',
      [{ status: 302, headers: location }],
      1,
      'it redirects to https://login.example/sign-in, where a token is not sent',
    ],
    [
      'answers with a page to sign in',
      [{ status: 200, body: '<html>Welcome</html>' }],
      1,
      'it answers without the id of an annotation, so it is not Grafana',
    ],
    [
      'answers a word that looks like an id',
      [{ status: 200, body: '{"id":"7"}' }],
      1,
      'it answers without the id of an annotation, so it is not Grafana',
    ],
  ])('as the server %s is one as well', async (_, faults, times, why) => {
    grafana.faults.next('grafana', ...faults);
    const { said, warnings, asked } = await mark();
    expect(warnings).toEqual([warned(why)]);
    expect([said, asked, grafana.annotations]).toEqual([[], times, []]);
  });

  it.each<[string, Fault]>([
    ['an error', { status: 503 }],
    ['a lost connection', 'reset'],
    ['silence', 'slow'],
  ])('the first time, by %s, is written the second time', async (_, fault) => {
    grafana.faults.next('grafana', fault);
    const { said, warnings, asked } = await mark();
    expect([warnings, asked]).toEqual([[], 2]);
    expect(said).toEqual([`Marked in Grafana at ${grafana.host}: annotation 1.`]);
  });

  it('as the run was cancelled costs no time, which is for the outputs', async () => {
    const signal = AbortSignal.abort(Failure.of('action/cancelled', { signal: 'SIGINT' }));
    const { warnings, asked } = await mark({ signal, result: { status: 'cancelled' } });
    expect([warnings, asked]).toEqual([[warned('the run was cancelled')], 0]);
  });

  it('as the run is cancelled meanwhile ends at once', async () => {
    grafana.faults.next('grafana', 'slow');
    const controller = new AbortController();
    grafana.faults.hit('grafana').then(() => controller.abort(new Error('cancelled')));
    const { warnings } = await mark({ signal: controller.signal });
    expect(warnings).toEqual([warned('the run was cancelled')]);
  });
});

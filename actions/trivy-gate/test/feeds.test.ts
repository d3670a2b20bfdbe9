import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@slipway/shared/time/clock';
import { loadFeeds } from '../src/feeds/load-feeds.ts';
import { defaultPolicy, type Policy } from '../src/policy/policy.ts';
import { failureOf } from './sample.ts';

const kev = JSON.stringify({ vulnerabilities: [{ cveID: 'CVE-2099-1' }, { cveID: 'CVE-2099-2' }] });
const epss = '#model_version:v1\ncve,epss,percentile\nCVE-2099-1,0.25,0.9\nCVE-2099-2,0.5,0.9\n';
const sum = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

let workspace = '';
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'slipway-feeds-'));
  const files = { 'kev.json': kev, 'epss.csv': epss, 'epss.csv.gz': gzipSync(epss), empty: '' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
});

const load = (policy: Partial<Policy>, answer = new Response(kev)) =>
  loadFeeds({ ...defaultPolicy, ...policy }, new Set(['CVE-2099-1']), {
    workspace,
    clock: systemClock,
    signal: new AbortController().signal,
    fetch: async () => answer,
  });
const address = 'https://example.com/kev.json';

describe('feeds', () => {
  it('are read from files and from addresses, and only what was found is kept of EPSS', async () => {
    for (const feed of ['epss.csv', 'epss.csv.gz']) {
      const { exploited, predicted } = await load({
        knownExploited: { feed: 'kev.json' },
        exploitPrediction: { feed, atLeast: 0.1 },
      });
      expect([...exploited]).toEqual(['CVE-2099-1', 'CVE-2099-2']);
      expect([...predicted]).toEqual([['CVE-2099-1', 0.25]]);
    }
    const { exploited } = await load({ knownExploited: { feed: address, sha256: sum(kev) } });
    expect(exploited.size).toBe(2);
  });

  it('are none when the policy names none', async () => {
    expect(await load({})).toEqual({ exploited: new Set(), predicted: new Map() });
  });

  it.each<[string, Partial<Policy>, Response, string]>([
    ['is not there', { knownExploited: { feed: 'no.json' } }, new Response(), 'ENOENT'],
    ['is empty', { knownExploited: { feed: 'empty' } }, new Response(), 'it is empty'],
    ['is another list', { knownExploited: { feed: 'epss.csv' } }, new Response(), 'no list'],
    [
      'is another table',
      { exploitPrediction: { feed: 'kev.json', atLeast: 1 } },
      new Response(),
      'no line cve,epss',
    ],
    ['has no digest', { knownExploited: { feed: address } }, new Response(kev), 'needs its sha256'],
    [
      'has another digest',
      { knownExploited: { feed: address, sha256: sum(kev) } },
      new Response(`${kev} `),
      `its SHA-256 is ${sum(`${kev} `)}, not ${sum(kev)}`,
    ],
    [
      'does not come',
      { knownExploited: { feed: address, sha256: sum(kev) } },
      new Response('', { status: 404 }),
      'status 404',
    ],
  ])('one that %s is a failure that names it', async (_, policy, answer, said) => {
    const failure = await failureOf(() => load(policy, answer));
    expect(failure).toEqual({ code: 'gate/feed', said: expect.stringContaining(said) });
  });
});

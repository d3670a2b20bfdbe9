import { describe, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import { Failure } from '@slipway/shared/failure/failure';
import { hostileTexts } from '../../../packages/local-cloud/src/hostile-texts.ts';
import {
  linearTime,
  slowTexts,
  threadTime,
} from '../../../packages/local-cloud/src/linear-time.ts';
import { parseExploited, parsePredictions } from '../src/feeds/parse-feeds.ts';
import { ReportPieces } from '../src/findings/report-pieces.ts';
import { readAllowlist, readPolicy } from '../src/policy/read-policy.ts';
import { saidBy } from '../src/scanner/said.ts';

const policyOf = (purl: string) => ({
  name: 'policy.yml',
  text: `packages: [{ purl: ${JSON.stringify(purl)}, fail: any }]`,
});
const refused = (error: unknown) => error instanceof Failure || error instanceof BadInput;

describe('what others wrote is read or refused in one pass', () => {
  it.each<[string, readonly number[], (text: string) => unknown]>([
    ['what Trivy says', [60_000, 1_000_000], saidBy],
    ['a fatal line of it', [60_000], (text) => saidBy(`now\tFATAL\tFatal\terr="${text}"`)],
    ['an exploited feed', [60_000, 1_000_000], (text) => parseExploited('kev', text)],
    ['predictions', [60_000, 1_000_000], (text) => parsePredictions('epss', text, new Set())],
    ['a purl of a policy', [1_000], (text) => readPolicy(policyOf(text))],
    ['a policy', [20_000], (text) => readPolicy({ name: 'policy.yml', text })],
    ['an allowlist', [20_000], (text) => readAllowlist({ name: 'allow.yml', text })],
  ])('%s', async (_, lengths, read) => {
    expect(await slowTexts(read, { refused, lengths })).toEqual([]);
  });
});

describe('two megabytes of a report', () => {
  const within = [
    ['the document', '{"Results":[{"A":['],
    ['a string', '{"Results":[{"A":[{"a":"'],
    ['a key', '{"'],
  ] as const;
  const rows = within.flatMap(([where, before]) =>
    hostileTexts.map(([what, make]) => ({ where, what, before, make })),
  );
  it.each(rows)('with $what in $where', ({ before, make }) => {
    const chunk = Buffer.from(make(16_000));
    const count = Math.ceil(2_000_000 / chunk.length);
    const took = threadTime(() => {
      const pieces = new ReportPieces((_list, _result, json) => json());
      pieces.write(Buffer.from(before));
      for (let index = 0; index < count; index += 1) pieces.write(chunk);
      pieces.end();
    });
    expect(took).toBeLessThan(linearTime(count * chunk.length));
  });
});

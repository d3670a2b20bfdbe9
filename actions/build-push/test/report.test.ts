import { describe, expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { BuildxReport } from '../src/buildx-report.ts';
import type { Published } from '../src/move-tags.ts';
import { buildClosing, buildOutputs, buildSummary, type Report } from '../src/report.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const name = 'ghcr.io/acme/app';
const full = (...tags: string[]) => tags.map((tag) => `${name}:${tag}`);
const held = [{ tag: 'latest', why: 'latest stays, as 1.9 is older than 2.0 in the registry' }];
const published = (change: Partial<Published>): Published => ({
  name,
  platforms: ['linux/amd64'],
  tags: [],
  held: [],
  missed: [],
  ...change,
});
const report = (change: Partial<Report>): Report => ({
  names: [name],
  tags: [{ tag: '1.9', rule: 'x', priority: 1, moves: 'always' }],
  labels: {},
  published: [],
  timeline: [],
  ...change,
});
const failure = Failure.of('image/rejected', { registry: 'ghcr.io', image: name, said: 'no' });
const cancelled = Failure.of('action/cancelled', { signal: 'SIGINT' });

describe('the last line and the headline', () => {
  it.each<[string, Partial<Report>, string, string]>([
    [
      'nothing pushed',
      {},
      'built: nothing was pushed, as asked.',
      '✅ NAME built, nothing was pushed',
    ],
    [
      'one tag',
      { digest, published: [published({ tags: full('1.9') })] },
      'pushed: IMAGE is read back, 1 tag points to it.',
      '✅ NAME pushed, read back, tagged',
    ],
    [
      'two repositories',
      { digest, published: [published({ tags: full('1', '2') }), published({ tags: full('1') })] },
      'pushed: IMAGE is read back, 3 tags point to it.',
      '✅ NAME pushed, read back, tagged',
    ],
    [
      'a tag that stays',
      { digest, published: [published({ tags: full('1.9', '1'), held })] },
      'pushed: IMAGE is read back, 2 tags point to it, 1 stays with a higher version.',
      '✅ NAME pushed, read back, tagged',
    ],
    [
      'all tags stay',
      { digest, published: [published({ held })] },
      'pushed: IMAGE is read back, no tag points to it: all of them stay with a higher version.',
      '✅ NAME pushed, read back, no tag moved',
    ],
    [
      'tags that wait',
      { digest, published: [published({})] },
      'pushed: IMAGE is read back, no tag was moved, as asked.',
      '✅ NAME pushed, read back, no tag moved',
    ],
    ['a failed build', { failure }, 'failed: no tag was moved.', '❌ NAME nothing was tagged'],
    [
      'half of the tags',
      { digest, failure, published: [published({ tags: full('1.9'), missed: full('1') })] },
      'failed: IMAGE is read back, 1 of 2 tags point to it.',
      '❌ NAME pushed, but not all tags moved',
    ],
    [
      'none of the tags',
      { digest, failure: cancelled, published: [published({ missed: full('1.9') })] },
      'cancelled: IMAGE is read back, 0 of 1 tag points to it.',
      '❌ NAME cancelled',
    ],
  ])('%s', (_, change, closing, headline) => {
    const given = report(change);
    expect(buildClosing(given)).toBe(closing.replace('IMAGE', `${name}@${digest}`));
    const [first] = buildSummary(given).split('\n');
    expect(first).toBe(`## ${headline.replace('NAME', 'ghcr.io/acme/app&#58;')}`);
  });
});

describe('buildOutputs', () => {
  it('has what was reached, also of a run that failed', () => {
    const one = published({ tags: full('1.9'), held, missed: full('1') });
    const outputs = buildOutputs(report({ digest, failure, published: [one] }));
    expect(outputs).toMatchObject({
      image: `${name}@${digest}`,
      digest,
      tags: `${name}:1.9`,
      version: '1.9',
    });
    expect(JSON.parse(outputs.metadata)).toEqual({
      digest,
      repositories: [{ name, tags: full('1.9'), held, platforms: ['linux/amd64'] }],
      labels: {},
      timings: [],
    });
  });

  it('is empty where nothing was pushed', () => {
    expect(buildOutputs(report({}))).toMatchObject({ image: '', digest: '', tags: '' });
  });
});

describe('buildSummary', () => {
  it('shows what buildx said, as text and not as markup', () => {
    const said = 'Dockerfile:2\n```\n<img src=x>';
    const failed = { code: 'exit code 1', said: '<b>no</b> @team' };
    const given = Failure.of('build/failed', failed, new BuildxReport(said));
    const summary = buildSummary(report({ failure: given }));
    expect(summary).toContain('````text\nDockerfile:2\n```\n<img src=x>\n````');
    expect(summary).not.toContain('<b>');
    expect(summary).not.toContain('@team');
  });
});

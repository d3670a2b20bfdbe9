import { describe, expect, it } from '@jest/globals';
import { InvalidLabels, imageLabels } from '../src/labels.ts';
import { headSha, outsideOfARunner, pullRequest, pushDev, sha } from './tags/events.ts';

const now = new Date('2026-02-03T04:05:06.789Z');
const key = (name: string) => `org.opencontainers.image.${name}`;
const none = new Map<string, string>();

describe('imageLabels', () => {
  it('tells what the event tells, sorted', () => {
    const labels = imageLabels({ github: pushDev, version: '1.2.3', now }, none);
    expect(Object.entries(labels)).toEqual([
      [key('created'), '2020-01-09T21:30:00.000Z'],
      [key('description'), 'This your first repo!'],
      [key('licenses'), 'MIT'],
      [key('revision'), sha],
      [key('source'), 'https://github.com/octocat/Hello-World'],
      [key('title'), 'Hello-World'],
      [key('url'), 'https://github.com/octocat/Hello-World'],
      [key('version'), '1.2.3'],
    ]);
  });

  it.each([
    ['the time of the commit', pushDev, undefined, '2020-01-09T21:30:00.000Z'],
    ['SOURCE_DATE_EPOCH before it', pushDev, 1_700_000_000, '2023-11-14T22:13:20.000Z'],
    ['an epoch of zero', pushDev, 0, '1970-01-01T00:00:00.000Z'],
    ['now, when neither is known', pullRequest, undefined, '2026-02-03T04:05:06.789Z'],
  ])('takes as created %s', (_, github, sourceDateEpoch, created) => {
    const labels = imageLabels({ github, version: 'x', now, sourceDateEpoch }, none);
    expect(labels[key('created')]).toBe(created);
  });

  it('names the head commit of a pull request', () => {
    const labels = imageLabels({ github: pullRequest, version: 'pr-15', now }, none);
    expect(labels[key('revision')]).toBe(headSha);
  });

  it('leaves out what is not known', () => {
    const event = {
      ...pushDev.event,
      description: undefined,
      license: 'NOASSERTION',
      commitTime: undefined,
    };
    const github = { ...outsideOfARunner, repository: '', event };
    expect(imageLabels({ github, version: '', now }, none)).toEqual({
      [key('created')]: now.toISOString(),
    });
  });

  it('lets the user add, change and take away', () => {
    const custom = new Map([
      [key('title'), 'Mine # and = that'],
      [key('description'), ''],
      ['a.b', '{"json": "kept, as is"}'],
      ['__proto__', 'x'],
    ]);
    const labels = imageLabels({ github: pushDev, version: '1', now }, custom);
    expect(Object.keys(labels)).not.toContain(key('description'));
    expect(Object.keys(labels).slice(0, 2)).toEqual(['__proto__', 'a.b']);
    expect(labels).toMatchObject({
      [key('title')]: 'Mine # and = that',
      'a.b': '{"json": "kept, as is"}',
    });
  });

  it('makes one line of a description', () => {
    const description = ' one\r\n\ttwo\u0000\u001b[31m\u0085three\u2028four 🚀\n';
    const github = { ...pushDev, event: { ...pushDev.event, description } };
    const labels = imageLabels({ github, version: '1', now }, none);
    expect(labels[key('description')]).toBe('one two [31m three four 🚀');
  });

  it.each([
    ['', 'x', '"" is not the key of a label'],
    ['a b', 'x', '"a b" is not the key of a label'],
    ['a=b', 'x', '"a=b" is not the key of a label'],
    ['a\u0000', 'x', 'is not the key of a label'],
    ['a', 'x\ty', 'value of a has a control character'],
    ['a', 'x\ny', 'value of a has a control character'],
  ])('refuses %j = %j', (name, value, words) => {
    const problems = () =>
      imageLabels({ github: pushDev, version: '1', now }, new Map([[name, value]]));
    expect(problems).toThrow(InvalidLabels);
    expect(problems).toThrow(words);
    expect(problems).toThrow('Valid: ');
  });

  it('tells all problems at once', () => {
    const custom = new Map([
      ['a b', 'x'],
      ['c', '\n'],
    ]);
    const facts = { github: pushDev, version: '1', now, sourceDateEpoch: Number.NaN };
    expect(() => imageLabels(facts, custom)).toThrow(
      expect.objectContaining({
        problems: [
          expect.any(String),
          expect.any(String),
          expect.stringContaining('SOURCE_DATE_EPOCH'),
        ],
      }),
    );
  });
});

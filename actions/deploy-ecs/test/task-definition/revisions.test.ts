import { expect, it } from '@jest/globals';
import { deregisterOldRevisions, oldRevisions } from '../../src/task-definition/revisions.ts';
import { arnOf } from './world.ts';

const arns = (...revisions: number[]) => revisions.map((revision) => arnOf(`shop:${revision}`));
const more = { family: 'shop', used: arns(12, 11) };

it.each<[string, string[], number, string[]]>([
  ['all but the newest go', arns(12, 11, 10, 9), 2, arns(9, 10)],
  ['a revision counts as a number', arns(9, 100, 12, 11), 2, arns(9)],
  ['what serves and where a rollback leads stay', arns(15, 14, 13, 12, 11, 10), 2, arns(10, 13)],
  ['nothing goes where there are few', arns(12, 11), 3, []],
  ['another family is left alone', [arnOf('shop-api:1'), arnOf('api:2'), ...arns(12)], 1, []],
  ['what is no ARN is left alone', ['shop:1', '', ...arns(12)], 1, []],
])('of old revisions, %s', (_, active, keep, gone) => {
  expect(oldRevisions(active, { ...more, keep })).toEqual(gone);
});

it('old revisions are found on all pages and deregistered, the oldest first', async () => {
  const pages = [arns(12, 11), arns(10, 9), arns(8)];
  const calls: unknown[] = [];
  const said: string[] = [];
  const gone = await deregisterOldRevisions(
    {
      keep: 2,
      say: (line) => said.push(line),
      api: {
        listTaskDefinitions: async (input) => {
          calls.push(input);
          const page = Number(input.nextToken ?? 0);
          const next = page + 1 < pages.length ? { nextToken: String(page + 1) } : {};
          return { $metadata: {}, taskDefinitionArns: pages[page] ?? [], ...next };
        },
        deregisterTaskDefinition: async ({ taskDefinition }) => {
          calls.push(taskDefinition);
          return { $metadata: {} };
        },
      },
    },
    more.used,
    new AbortController().signal,
  );
  const first = { familyPrefix: 'shop', status: 'ACTIVE', sort: 'DESC' };
  expect(gone).toEqual(arns(8, 9, 10));
  expect(calls).toEqual([
    first,
    { ...first, nextToken: '1' },
    { ...first, nextToken: '2' },
    ...arns(8, 9, 10),
  ]);
  expect(said).toEqual(['Deregistered 3 old revisions of shop']);
});

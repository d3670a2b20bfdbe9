import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Api, Reply } from '../src/github/api.ts';
import { openApiHistory } from '../src/github/api-history.ts';
import { type Commit, TooMuch } from '../src/history.ts';
import type { TagRef } from '../src/version/tags.ts';
import { histories } from './any-history.ts';
import { decideOn, line, type Made, pastOf, surveyOf, usual } from './made-history.ts';

interface FakeApi extends Api {
  made: Made;
  asked: string[];
}

/** GitHub's answers about a repository in memory; every second tag is an annotated one. */
function apiOf(start: Made, { relations = true } = {}): FakeApi {
  const asked: string[] = [];
  const isAnnotated = ({ name }: TagRef) => name.length % 2 === 0;
  const show = ({ sha, message, parents }: Commit) => ({
    sha,
    commit: { message },
    parents: parents.map((parent) => ({ sha: parent })),
    author: null,
  });
  const since = (base: string, head: string) => {
    const { commits } = fake.made;
    const [before, past] = [pastOf(commits, base), pastOf(commits, head)];
    const ahead = commits.filter(({ sha }) => past.has(sha) && !before.has(sha));
    const behind = [...before].some((sha) => !past.has(sha));
    const shared = [...before].some((sha) => past.has(sha));
    const status =
      ahead.length > 0 ? (behind ? 'diverged' : 'ahead') : behind ? 'behind' : 'identical';
    return { ahead, shared, status };
  };
  const answer = (body: unknown, status = 200): Reply => ({
    status,
    body,
    headers: new Headers(),
    said: status === 200 ? '' : 'No common ancestor between a and b.',
  });
  const fake: FakeApi = {
    repository: 'octo/shop',
    made: start,
    asked,
    async rest({ path }) {
      asked.push(path.replace(/[0-9a-f]{40}/g, '…'));
      const { commits, tags } = fake.made;
      if (path.startsWith('/git/matching-refs/tags/')) {
        return answer(
          tags.map((tag) => ({
            ref: `refs/tags/${tag.name}`,
            object: isAnnotated(tag)
              ? { type: 'tag', sha: `object of ${tag.name}` }
              : { type: 'commit', sha: tag.oid },
          })),
        );
      }
      const [, base = '', head = '', page = ''] =
        /^\/compare\/(\w+)\.\.\.(\w+)\?per_page=100&page=(\d+)$/.exec(path) ?? [];
      if (base !== '') {
        const { ahead, shared, status } = since(base, head);
        if (!shared) return answer({}, 404);
        const some = ahead.slice((Number(page) - 1) * 100, Number(page) * 100);
        return answer({ status, total_commits: ahead.length, commits: some.map(show) });
      }
      const past = pastOf(commits, /sha=(\w+)/.exec(path)?.[1] ?? '');
      return answer(
        commits
          .filter(({ sha }) => past.has(sha))
          .map(show)
          .reverse(),
      );
    },
    async graphql(query, variables) {
      const compares = query.includes('compare(');
      asked.push(compares ? 'relations' : 'facts');
      const repository: Record<string, unknown> = {
        id: 'R_1',
        head: { __typename: 'Commit', committedDate: '2026-11-21T23:59:00Z' },
      };
      for (const [key, name] of Object.entries(variables)) {
        const tag = fake.made.tags.find((one) => `refs/tags/${one.name}` === name);
        if (!/^t\d+$/.test(key) || !tag) continue;
        const commit = { __typename: 'Commit', oid: tag.oid };
        const object = { __typename: 'Tag', oid: `object of ${tag.name}`, target: commit };
        const { status, shared } = since(tag.oid, String(variables['sha']));
        repository[key] = compares
          ? { compare: shared && relations ? { status: status.toUpperCase() } : null }
          : { target: isAnnotated(tag) ? object : commit };
      }
      return { data: { repository }, errors: [] };
    },
  };
  return fake;
}

const words = ({ kind, tag, previousTag, bump }: Awaited<ReturnType<typeof decideOn>>) =>
  `${kind} ${tag} after ${previousTag}: ${bump}`;

describe('a history over the API', () => {
  it.each([[true], [false]])(
    'decides like one in memory; relations told: %j',
    async (relations) => {
      await fc.assert(
        fc.asyncProperty(
          histories,
          fc.constantFrom('release', 'prerelease'),
          async (made, mode) => {
            const history = openApiHistory(apiOf(made, { relations }), made.head);
            expect(words(await decideOn(made, { mode }, history))).toBe(
              words(await decideOn(made, { mode })),
            );
            const policy = { ...usual, mode };
            const { newer } = await surveyOf(made, policy, history);
            expect(newer?.name).toBe((await surveyOf(made, policy)).newer?.name);
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  it('sees what came while it was busy as if it had just begun', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(8), async (made, count) => {
        const api = apiOf({ ...made, tags: made.tags.slice(0, count) });
        const history = openApiHistory(api, made.head);
        await decideOn(api.made, {}, history);
        api.made = made;
        expect(words(await decideOn(made, {}, history))).toBe(words(await decideOn(made)));
      }),
      { numRuns: 300 },
    );
  });

  it('asks three times where the highest version is the last one', async () => {
    const api = apiOf(line('a', '@v1.9.0', 'fix: b', '@v1.10.0', 'feat: c'));
    const { tag } = await decideOn(api.made, {}, openApiHistory(api, api.made.head));
    expect(tag).toBe('v1.11.0');
    expect(api.asked).toEqual([
      '/git/matching-refs/tags/v',
      'facts',
      '/compare/…...…?per_page=100&page=1',
    ]);
  });

  it('does not compare what it knows already', async () => {
    const items = ['a', '@v1.0.0', 'fix: b', 'fix: c'];
    const api = apiOf(line(...items));
    const history = openApiHistory(api, api.made.head);
    await decideOn(api.made, {}, history);
    api.made = line('a', '@v1.0.0', 'fix: b', '@v1.0.1', 'fix: c');
    api.asked.length = 0;
    const { tag, previousTag } = await decideOn(api.made, {}, history);
    expect([previousTag, tag]).toEqual(['v1.0.1', 'v1.0.2']);
    expect(api.asked.filter((path) => path.startsWith('/compare'))).toEqual([]);
  });

  it('leaves it to git when too many versions are elsewhere', async () => {
    const beside = Array.from({ length: 100 }, (_, index) => [`fix: ${index}`, `@v1.${index}.0`]);
    const api = apiOf(line('a', '@v0.1.0', 'fix: b').beside('a', ...beside.flat()));
    const history = openApiHistory(api, api.made.head);
    await expect(decideOn(api.made, {}, history)).rejects.toThrow(TooMuch);
    expect(api.asked.length).toBeLessThan(10);
  });

  it('reads every page of a long comparison, or says that something is missing', async () => {
    const many = Array.from({ length: 450 }, (_, index) => `fix: ${index}`);
    const api = apiOf(line('a', '@v1.0.0', 'feat!: b', ...many, 'docs: c'));
    const { tag } = await decideOn(api.made, {}, openApiHistory(api, api.made.head));
    expect(tag).toBe('v2.0.0');

    const { rest } = api;
    api.rest = async (call) => {
      const reply = await rest(call);
      if (!/page=3$/.test(call.path)) return reply;
      return { ...reply, body: { ...Object(reply.body), commits: [] } };
    };
    const again = openApiHistory(api, api.made.head);
    await expect(decideOn(api.made, {}, again)).rejects.toMatchObject({
      code: 'tag/github',
      message: expect.stringContaining('it has 452 commits and gave 352'),
    });
  });
});

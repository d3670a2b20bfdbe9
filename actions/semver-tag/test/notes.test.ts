import { describe, expect, it } from '@jest/globals';
import { marked } from 'marked';
import { analyse } from '../src/analyse.ts';
import type { Commit } from '../src/history.ts';
import { plainNotes, releaseNotes } from '../src/notes.ts';

const links = {
  repositoryUrl: 'https://github.com/octo/shop',
  previousTag: 'v1.0.0',
  tag: 'v1.1.0',
};
let count = 0;
const commit = (message: string, more: Partial<Commit> = {}): Commit => {
  count += 1;
  return { sha: count.toString(16).padStart(40, '0'), parents: ['p'], message, ...more };
};
const notes = (...commits: Commit[]) => releaseNotes(analyse(commits), true, links);
const sections = (text: string) => [...text.matchAll(/^### (.*)$/gm)].map(([, title]) => title);

it.each([
  '=====',
  '=',
  '= a',
  '-----',
  '***',
  '# heading',
  '<h1>x</h1>',
  '![x](https://evil.example/x.png)',
  '<img src=x>',
  '| a |\n| - |',
  '> quoted',
  '1. item',
  '```\ncode',
  '@octocat',
])('shows the note %j of a break as itself', async (note) => {
  const text = notes(commit(`feat: a\n\nBREAKING CHANGE: ${note}`), commit(`feat: ${note}`));
  const html = await marked.parse(text);
  expect(html).not.toMatch(/<h[1245]|<hr|<img|<table|<blockquote|<ol|<pre/);
  expect(html.match(/<li>/g)?.length).toBe(2);
  expect(text).not.toMatch(/(?:^|[^\w;>])@octocat/);
});

describe('release notes', () => {
  it('have what users notice, by kind', () => {
    const text = notes(
      commit('docs: a'),
      commit('fix: b'),
      commit('perf: c'),
      commit('feat(cart): d (#12)'),
      commit('refactor!: e\n\nBREAKING CHANGE: call f now'),
      commit('revert: feat: g'),
    );
    expect(sections(text)).toEqual([
      'Breaking changes',
      'Features',
      'Fixes',
      'Performance',
      'Reverts',
    ]);
    expect(text).toContain('[#12](https://github.com/octo/shop/pull/12)');
    expect(text).toContain('  call f now');
    expect(text).not.toContain('(&#35;');
  });

  it('say a change once that its merge says again', () => {
    const text = notes(
      commit('feat: a cart'),
      commit('Merge pull request #7 from octo/cart\n\nfeat: a cart (#7)', { parents: ['p', 'q'] }),
    );
    expect(text.match(/a cart/g)).toHaveLength(1);
  });

  it('name the accounts of those who made it, and nobody else', () => {
    const text = notes(
      commit('feat: a @nobody', { login: 'octocat' }),
      commit('docs: b', { login: 'hubot' }),
      commit('fix: c', { login: 'octocat' }),
      commit('fix: d', { login: 'dependabot[bot]' }),
    );
    expect(text).toContain('**Contributors**: @hubot, @octocat\n');
    expect(text.match(/(?<!;)@/g)).toHaveLength(2);
  });

  it('end with the link to everything', () => {
    expect(notes(commit('fix: a'))).toMatch(
      /\*\*Full changelog\*\*: https:\/\/github\.com\/octo\/shop\/compare\/v1\.0\.0\.\.\.v1\.1\.0\n$/,
    );
    const first = releaseNotes(analyse([commit('chore: a')]), true, { ...links, previousTag: '' });
    expect(first).toBe('The first version.\n');
  });

  it('stay below the limit of GitHub, cut between entries', () => {
    const text = notes(
      ...Array.from({ length: 3_000 }, (_, index) => commit(`feat: ${index} ${'@x'.repeat(50)}`)),
    );
    expect(text.length).toBeLessThan(125_000);
    expect(text).toMatch(/_And \d+ more\._\n\n\*\*Full changelog\*\*/);
  });

  it.each([
    'feat: <script>alert(1)</script>',
    'feat(<img src=x>): x',
    'fix: [x](https://evil.example) https://evil.example www.evil.example',
    'fix: closes #1, GH-1, octo/shop#1',
    'feat!: x\n\nBREAKING CHANGE: <b>y</b>\n# z\n```',
    'fix: `code` **bold** | cell',
  ])('show %j as it is', async (message) => {
    const html = await marked.parse(notes(commit(message)));
    expect(html).not.toMatch(/<(?:script|img|b|h1|pre|table)\b/);
    expect(html.match(/href="(?!https:\/\/github\.com\/octo\/shop\/)/g)).toBeNull();
  });

  it('are plain text in a tag', () => {
    const text = plainNotes(analyse([commit('feat(a)!: b\u0007c'), commit('docs: d')]));
    expect(text).toMatch(/^- feat\(a\)!: b c \([0-9a-f]{7}\)$/);
  });
});

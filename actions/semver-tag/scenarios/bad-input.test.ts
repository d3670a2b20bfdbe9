import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { manifest } from '../src/manifest.ts';
import { startWorld, type World } from './world.ts';

type Case = [what: string, input: string, values: Record<string, string>, says: RegExp];

const cases: Case[] = [
  ['another mode', 'mode', { mode: 'publish' }, /not one of release, prerelease, dev, preview/],
  ['a prefix with a blank', 'prefix', { prefix: 'my v' }, /has " ", which no tag may have/],
  ['a prefix like an option', 'prefix', { prefix: '-v' }, /has "-"/],
  ['a prefix with a glob', 'prefix', { prefix: 'v*' }, /has "\*"/],
  ['a version of two numbers', 'initial-version', { 'initial-version': '1.0' }, /three numbers/],
  ['a version with a v', 'initial-version', { 'initial-version': 'v1.0.0' }, /three numbers/],
  ['a leading zero', 'initial-version', { 'initial-version': '01.0.0' }, /three numbers/],
  ['another policy', 'zero-major', { 'zero-major': 'strict' }, /not one of keep, shift, leave/],
  ['another policy', 'no-bump', { 'no-bump': 'error' }, /not one of skip, patch, minor, fail/],
  ['a bump that is none', 'bump', { bump: 'huge' }, /not one of auto, major, minor, patch/],
  ['a bump to a prerelease', 'bump', { bump: '2.0.0-rc.1' }, /version of three numbers/],
  ['a channel with a dot', 'channel', { channel: 'rc.1' }, /letters, digits and hyphens/],
  ['a channel that is a number', 'channel', { channel: '1' }, /is a number/],
  ['the channel of another mode', 'channel', { channel: 'dev' }, /mode dev/],
  ['a range that is none', 'range', { range: '>=1' }, /not a range/],
  ['a path outside', 'paths', { paths: '../other' }, /not a path inside the repository/],
  ['a path from the root', 'paths', { paths: '/etc' }, /not a path inside the repository/],
  ['a tag', 'expect-version', { 'expect-version': 'v1.0.0' }, /neither a version nor none/],
  ['a word', 'expect-version', { 'expect-version': 'same' }, /neither a version nor none/],
  ['a branch', 'sha', { sha: 'main' }, /full name of a commit/],
  ['another kind', 'moving-tags', { 'moving-tags': 'true' }, /not one of none, major, minor/],
  ['another kind', 'release', { release: 'true' }, /not one of none, draft, published/],
  [
    'a release in a preview',
    'release',
    { mode: 'preview', release: 'draft' },
    /no meaning in mode preview/,
  ],
  ['a channel in mode release', 'channel', { channel: 'beta' }, /no meaning in mode release/],
  [
    'a channel in mode preview',
    'channel',
    { mode: 'preview', channel: 'beta' },
    /no meaning in mode preview/,
  ],
  ['assets without a release', 'assets', { assets: 'out/*' }, /needs a release/],
  [
    'assets from outside',
    'assets',
    { assets: '/etc/passwd', release: 'draft' },
    /inside the workspace/,
  ],
  ['a name alone', 'tagger', { tagger: 'Octo Cat' }, /not a name and an address/],
  ['a public key', 'signing-key', { 'signing-key': 'ssh-ed25519 AAAA' }, /not an SSH private key/],
  ['a time without unit', 'timeout', { timeout: '60' }, /not a duration/],
  ['no token', 'token', { token: '' }, /is required/],
];

const controls = Object.keys(manifest.inputs).map(
  (name): Case => [
    'a control character',
    name,
    { [name]: 'a\u0007b' },
    /control character U\+0007/,
  ],
);
const lengths = ['mode', 'prefix', 'bump', 'channel', 'tagger'].map(
  (name): Case => ['a text without end', name, { [name]: 'x'.repeat(1_001) }, /longer than 1000/],
);

let world: World;
beforeAll(async () => {
  world = await startWorld((history) => history.commit('chore: start'));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

it.each([...cases, ...controls, ...lengths])('refuses %s in %s', async (_, input, values, says) => {
  const step = await world.run(values);
  expect(step.code).toBe(1);
  expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: action/input']);
  const [problem = ''] = step.errors[0]?.text.split('\n') ?? [];
  expect(problem).toMatch(new RegExp(`^Input ${input}\\b`));
  expect(problem).toMatch(says);
  expect(problem).toMatch(/Valid: \S/);
  expect(world.asked()).toEqual([]);
});

it('says everything at once, and names the input that was meant', async () => {
  const step = await world.run({ mode: 'x', bump: 'y', 'moving-tag': 'major' });
  expect(step.errors).toHaveLength(1);
  for (const input of ['mode', 'bump', 'moving-tag'])
    expect(step.errors[0]?.text).toContain(`Input ${input} `);
  const unknown = 'Input moving-tag does not exist in semver-tag. Valid: moving-tags';
  expect(step.errors[0]?.text.split('\n')).toContain(unknown);
  expect(step.warnings).toEqual([]);
});

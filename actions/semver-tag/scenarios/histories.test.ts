import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { borrowBigRepository } from '../../../packages/local-cloud/src/github/big-history.ts';
import type { HistoryWriter } from '../../../packages/local-cloud/src/github/history.ts';
import { startWorld, type World, worldOf } from './world.ts';

const run = promisify(execFile);

// Each commit changes a file, as paths are a way to have git asked instead of the API.
const change = (history: HistoryWriter, message: string) =>
  history.commit(message, { files: { [message.replace(/\W/g, '-')]: message } });

const histories: Record<string, (history: HistoryWriter) => void> = {
  'a line with annotated tags': (history) => {
    change(history, 'chore: start');
    history.tag('v0.9.0', 'The first.');
    change(history, 'feat: a');
    history.tag('v0.10.0', 'The second.');
    change(history, 'feat!: b');
    change(history, 'fix: c');
  },
  'merges and side branches': (history) => {
    change(history, 'chore: start');
    history.tag('v1.0.0');
    history.branch('1.x');
    history.branch('main');
    change(history, 'feat: a');
    history.tag('v1.1.0');
    history.branch('1.x');
    change(history, 'fix: old');
    history.tag('v1.0.1', 'For those who stay.');
    history.branch('topic');
    change(history, 'feat: from a topic\n\nBREAKING CHANGE: all of it');
    history.branch('main');
    change(history, 'fix: b');
    history.merge('topic', 'Merge pull request #7 from octo/topic\n\nfeat: a topic');
    history.branch('next');
    change(history, 'feat!: the next one');
    history.tag('v2.0.0', 'Elsewhere.');
    history.branch('main');
    change(history, 'fix: not in the next one');
  },
  'more than 250 commits, the newest of which breaks': (history) => {
    change(history, 'chore: start');
    history.tag('v1.0.0');
    for (let number = 0; number < 320; number += 1) change(history, `fix: ${number}`);
    change(history, 'feat!: the newest');
  },
  'many versions that are in other histories': (history) => {
    change(history, 'chore: start');
    history.tag('v1.0.0');
    history.branch('other');
    for (let number = 1; number <= 120; number += 1) {
      change(history, `feat: ${number}`);
      history.tag(`v1.${number}.0`, number % 2 ? 'Annotated.' : undefined);
    }
    history.branch('main');
    change(history, 'fix: here');
  },
  'no version at all': (history) => {
    change(history, 'feat: a');
    history.tag('nightly');
  },
};

const expected: Record<string, string> = {
  'a line with annotated tags': 'v0.11.0 after v0.10.0',
  'merges and side branches': 'v3.0.0 after v1.1.0',
  'more than 250 commits, the newest of which breaks': 'v2.0.0 after v1.0.0',
  'many versions that are in other histories': 'v1.0.1 after v1.0.0',
  'no version at all': 'v0.1.0 after ',
};

const answer = async (world: World, inputs: Record<string, string> = {}) => {
  const { errors, outputs } = await world.run({ mode: 'preview', ...inputs });
  expect(errors).toEqual([]);
  return `${outputs['tag']} after ${outputs['previous-tag']}`;
};

describe.each(Object.entries(histories))('%s', (name, write) => {
  it('has the same version with no clone, a shallow one and a full one, and over git', async () => {
    await using world = await startWorld(write);
    expect(await answer(world)).toBe(expected[name]);
    for (const depth of [['--depth=1'], []]) {
      const { workspace } = world.runner;
      await rm(workspace, { recursive: true, force: true });
      await run('git', ['clone', '--quiet', ...depth, `file://${world.folder}`, workspace]);
      const found = await answer(world);
      expect(found).toBe(expected[name]);
    }
    world.asked();
    expect(await answer(world, { paths: '.' })).toBe(expected[name]);
    expect(world.asked().every((request) => request.startsWith('git '))).toBe(true);
  });
});

it('finds the version of a branch that was left behind 9,000 versions ago', async () => {
  await using big = await borrowBigRepository();
  await using world = await worldOf(big.folder);
  const sha = await world.commit('release/1.x');
  const step = await world.run({ mode: 'preview', range: '1.x', sha });
  expect(step.errors).toEqual([]);
  expect(step.outputs).toMatchObject({ tag: 'v1.49.99', 'previous-tag': 'v1.5.0' });
  expect(world.asked().filter((request) => !request.startsWith('git ')).length).toBeLessThan(15);
}, 120_000);

it('counts only commits that touch the paths', async () => {
  await using world = await startWorld((history) => {
    history.commit('chore: start', { files: { 'api/a': '0', 'web/a': '0', 'apis/a': '0' } });
    history.tag('api-v1.0.0');
    history.tag('web-v1.0.0');
    history.commit('feat!: web', { files: { 'web/a': '1' } });
    history.commit('feat: not the api', { files: { 'apis/a': '1', 'web/api/a': '1' } });
    history.branch('topic');
    history.commit('fix: api', { files: { 'api/b': '1' } });
    history.branch('main');
    history.commit('docs: here', { files: { README: '1' } });
    history.merge('topic');
  });
  expect(await answer(world, { prefix: 'api-v', paths: 'api' })).toBe(
    'api-v1.0.1 after api-v1.0.0',
  );
  expect(await answer(world, { prefix: 'web-v', paths: 'web\nREADME' })).toBe(
    'web-v2.0.0 after web-v1.0.0',
  );
  expect(await answer(world, { prefix: 'web-v', paths: 'nothing' })).toBe(
    'web-v1.0.0 after web-v1.0.0',
  );
  const step = await world.run({ prefix: 'api-v', paths: 'api', 'moving-tags': 'minor' });
  expect(step.outputs).toMatchObject({ created: 'true', tag: 'api-v1.0.1' });
  expect(Object.keys(await world.tags())).toEqual(
    expect.arrayContaining(['api-v1', 'api-v1.0', 'api-v1.0.1']),
  );
});

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ofTomorrow } from '../../src/http/variety.ts';
import { app, refusal, startWorld, type World } from '../../test/github/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const create = async (body: { tag_name: string } & Record<string, unknown>) =>
  (await world.octokit.request('POST /repos/{owner}/{repo}/releases', { ...app, ...body })).data;
const update = async (release_id: number, body: Record<string, unknown>) =>
  (
    await world.octokit.request('PATCH /repos/{owner}/{repo}/releases/{release_id}', {
      ...app,
      release_id,
      ...body,
    })
  ).data;
const latest = async () =>
  (await world.octokit.request('GET /repos/{owner}/{repo}/releases/latest', app)).data.tag_name;
const ofTag = (tag: string) =>
  world.octokit.request('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...app, tag });

describe('publishing', () => {
  test('makes the tag where there is none, once', async () => {
    const { commits, git } = world;
    const release = await create({
      tag_name: 'v1.1.0',
      target_commitish: commits.newest,
      name: 'One',
    });
    expect(release).toMatchObject({
      draft: false,
      prerelease: false,
      immutable: false,
      name: 'One',
    });
    expect(await git('rev-parse', 'refs/tags/v1.1.0')).toBe(commits.newest);
    expect((await ofTag('v1.1.0')).data.id).toBe(release.id);
    expect(await refusal(create({ tag_name: 'v1.1.0' }))).toMatchObject({
      status: 422,
      data: {
        message: 'Validation Failed',
        errors: [{ resource: 'Release', code: 'already_exists', field: 'tag_name' }],
      },
    });
  });

  test('a draft makes no tag and is found by its id only, until it is published', async () => {
    const { git, octokit } = world;
    const draft = await create({ tag_name: 'v1.2.0', draft: true, body: 'notes' });
    expect(draft.html_url).toContain('/releases/tag/untagged-');
    expect(await git('tag', '--list', 'v1.2.0')).toBe('');
    expect(await refusal(ofTag('v1.2.0'))).toMatchObject({ status: 404 });
    const { data: list } = await octokit.request('GET /repos/{owner}/{repo}/releases', app);
    expect(list.map(({ id }) => id)).toContain(draft.id);
    const published = await update(draft.id, { draft: false });
    expect(published).toMatchObject({
      draft: false,
      body: 'notes',
      published_at: expect.any(String),
    });
    expect(await git('rev-parse', 'v1.2.0')).toBe(await git('rev-parse', 'main'));
  });

  test('the latest release is the one that was chosen', async () => {
    const { commits } = world;
    await create({ tag_name: 'v2.0.0' });
    expect(await latest()).toBe('v2.0.0');
    await create({ tag_name: 'v1.0.1', target_commitish: commits.one, make_latest: 'false' });
    await create({ tag_name: 'v3.0.0-rc.1', prerelease: true });
    expect(await latest()).toBe('v2.0.0');
    const { id } = await create({ tag_name: 'v1.0.2', target_commitish: commits.one });
    expect(await latest()).toBe('v1.0.2');
    await update(id, { make_latest: 'legacy' });
    expect(await latest()).toBe('v2.0.0');
  });

  test.each([
    [
      { make_latest: true },
      /^Invalid request\.\n\nFor 'properties\/make_latest', true is not a string\.$/,
    ],
    [{ make_latest: 'true', prerelease: true }, /Validation Failed/],
    [{ target_commitish: 'gone' }, /Validation Failed/],
    [{ body: 'x'.repeat(125_001) }, /Validation Failed/],
    [{ tag: 'v5.0.0' }, /"tag" is not a permitted key/],
  ])('refuses %#', async (body, message) => {
    expect(await refusal(create({ tag_name: 'v5.0.0', ...body }))).toMatchObject({
      status: 422,
      data: { message: expect.stringMatching(message) },
    });
    expect(await world.git('tag', '--list', 'v5.0.0')).toBe('');
  });

  test('a ruleset refuses the tag, and with it the release', async () => {
    const { settings } = world.github;
    settings.rules = [{ include: ['refs/tags/v*'], restrict: ['creation'] }];
    const refused = await refusal(create({ tag_name: 'v6.0.0' }));
    settings.rules = [];
    expect(refused).toMatchObject({
      status: 422,
      data: {
        errors: [
          { field: 'pre_receive', message: expect.stringContaining('pre_receive Repository rule') },
          { message: 'Published releases must have a valid tag' },
        ],
      },
    });
  });

  test('a target with other workflows than the default branch is refused', async () => {
    const { commits } = world;
    const call = create({ tag_name: 'v6.1.0', target_commitish: commits.first });
    expect(await refusal(call)).toMatchObject({
      status: 403,
      data: { message: 'Resource not accessible by integration' },
    });
  });

  test('the list can be behind what was made', async () => {
    const { github, octokit } = world;
    const list = async () =>
      (await octokit.request('GET /repos/{owner}/{repo}/releases', app)).data.map(({ id }) => id);
    const { id } = await create({ tag_name: 'v6.2.0' });
    github.settings.releaseListLag = 60_000;
    expect(await list()).not.toContain(id);
    expect((await ofTag('v6.2.0')).data.id).toBe(id);
    github.settings.releaseListLag = 0;
    expect(await list()).toContain(id);
  });

  test('a release can be deleted, its tag stays', async () => {
    const { git, octokit } = world;
    const { id } = await create({ tag_name: 'v7.0.0' });
    await octokit.request('DELETE /repos/{owner}/{repo}/releases/{release_id}', {
      ...app,
      release_id: id,
    });
    expect(await refusal(ofTag('v7.0.0'))).toMatchObject({ status: 404 });
    expect(await git('tag', '--list', 'v7.0.0')).toBe('v7.0.0');
  });
});

test('notes list the pull requests since the release before', async () => {
  const { commits, github, octokit } = world;
  github.settings.pullRequests = [
    { number: 7, title: 'feat: on a branch', mergeCommit: commits.newest, user: 'ada' },
    { number: 1, title: 'fix: long ago', mergeCommit: commits.first },
  ];
  const { data } = await octokit.request('POST /repos/{owner}/{repo}/releases/generate-notes', {
    ...app,
    tag_name: 'v9.9.9',
    target_commitish: 'main',
    previous_tag_name: 'v1.0.0',
  });
  const page = `${github.server}/org/app`;
  expect(data).toEqual({
    ...ofTomorrow,
    name: 'v9.9.9',
    body: `## What's Changed\n* feat: on a branch by @ada in ${page}/pull/7\n\n\n**Full Changelog**: ${page}/compare/v1.0.0...v9.9.9`,
  });
});

describe('files', () => {
  const upload = (template: string, name: string, data: string) =>
    world.octokit.request(`POST ${template}`, {
      name,
      data,
      headers: { 'content-type': 'text/plain' },
    });

  test('are uploaded where the release says, listed, read and deleted', async () => {
    const { octokit } = world;
    const { id, upload_url } = await create({ tag_name: 'v8.0.0', draft: true });
    const { data } = await upload(upload_url, 'SHA256SUMS', 'abc');
    expect(data).toMatchObject({ name: 'SHA256SUMS', size: 3, state: 'uploaded' });
    expect(await refusal(upload(upload_url, 'SHA256SUMS', 'abc'))).toMatchObject({
      status: 422,
      data: { errors: [{ resource: 'ReleaseAsset', code: 'already_exists', field: 'name' }] },
    });
    const list = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
    expect((await octokit.request(list, { ...app, release_id: id })).data).toHaveLength(1);
    const one = { ...app, asset_id: data.id };
    const { data: content } = await octokit.request(
      'GET /repos/{owner}/{repo}/releases/assets/{asset_id}',
      { ...one, headers: { accept: 'application/octet-stream' } },
    );
    expect(Buffer.from(Object(content)).toString()).toBe('abc');
    await octokit.request('DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}', one);
    expect((await octokit.request(list, { ...app, release_id: id })).data).toEqual([]);
  });

  test('an immutable release keeps its files and its tag, and burns the name of the tag', async () => {
    const { commits, git, github, octokit } = world;
    github.settings.immutableReleases = true;
    const draft = await create({ tag_name: 'v9.1.0', draft: true });
    await upload(draft.upload_url, 'a.txt', 'a');
    const release = await update(draft.id, { draft: false });
    expect(release.immutable).toBe(true);
    expect(await refusal(upload(draft.upload_url, 'b.txt', 'b'))).toMatchObject({
      status: 422,
      data: { message: 'Cannot upload assets to an immutable release.' },
    });
    const ref = { ...app, ref: 'tags/v9.1.0' };
    const move = octokit.request('PATCH /repos/{owner}/{repo}/git/refs/{ref}', {
      ...ref,
      sha: commits.one,
      force: true,
    });
    expect(await refusal(move)).toMatchObject({ status: 422 });
    const remove = () => octokit.request('DELETE /repos/{owner}/{repo}/git/refs/{ref}', ref);
    expect(await refusal(remove())).toMatchObject({ status: 422 });
    await octokit.request('DELETE /repos/{owner}/{repo}/releases/{release_id}', {
      ...app,
      release_id: release.id,
    });
    await remove();
    expect(await refusal(create({ tag_name: 'v9.1.0' }))).toMatchObject({
      status: 422,
      data: {
        errors: [
          { field: 'pre_receive' },
          { field: 'tag_name', message: 'tag_name was used by an immutable release' },
          { message: 'Published releases must have a valid tag' },
        ],
      },
    });
    expect(await git('tag', '--list', 'v9.1.0')).toBe('');
  });
});

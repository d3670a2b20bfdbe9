import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GitHubEvent, readGitHubContext } from '../../src/action/github.ts';

describe('readGitHubContext', () => {
  it('reads the variables of the runner', () => {
    const env = {
      GITHUB_REPOSITORY: 'octo/shop',
      GITHUB_SERVER_URL: 'https://ghes.example.com',
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_ACTOR: 'octocat',
    };
    expect(readGitHubContext(env)).toMatchObject({
      repository: 'octo/shop',
      serverUrl: 'https://ghes.example.com',
      eventName: 'push',
      ref: 'refs/heads/main',
      sha: '0123456789abcdef0123456789abcdef01234567',
      runId: '4711',
      runAttempt: '2',
      actor: 'octocat',
      runUrl: 'https://ghes.example.com/octo/shop/actions/runs/4711',
    });
  });

  it('does without a runner', () => {
    expect(readGitHubContext({})).toMatchObject({
      repository: '',
      serverUrl: 'https://github.com',
      runAttempt: '1',
      runUrl: '',
      event: nothing,
    });
  });
});

const nothing: GitHubEvent = {
  pullRequest: undefined,
  pullRequestTitle: undefined,
  headSha: undefined,
  baseRef: undefined,
  defaultBranch: undefined,
  description: undefined,
  license: undefined,
  private: true,
  commitTime: undefined,
};

describe('the event file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-event-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const event = (content: string): GitHubEvent => {
    const path = join(folder, 'event.json');
    writeFileSync(path, content);
    return readGitHubContext({ GITHUB_EVENT_PATH: path }).event;
  };

  it('of a pull request', () => {
    const payload = {
      pull_request: {
        number: 7,
        title: 'feat: a cart',
        head: { sha: 'abc' },
        base: { ref: 'main' },
      },
      repository: {
        default_branch: 'trunk',
        description: 'A shop',
        license: { spdx_id: 'MIT' },
        private: false,
      },
    };
    expect(event(JSON.stringify(payload))).toEqual({
      pullRequest: 7,
      pullRequestTitle: 'feat: a cart',
      headSha: 'abc',
      baseRef: 'main',
      defaultBranch: 'trunk',
      description: 'A shop',
      license: 'MIT',
      private: false,
      commitTime: undefined,
    });
  });

  it('of a push', () => {
    expect(event('{"head_commit": {"timestamp": "2026-01-02T03:04:05Z"}}').commitTime).toBe(
      '2026-01-02T03:04:05Z',
    );
  });

  it.each([
    ['empty', ''],
    ['broken', '{"pull_request": {'],
    ['not an object', '"text"'],
    ['null', 'null'],
    ['a list', '[{"number": 7}]'],
    ['nothing', '{}'],
    ['null inside', '{"pull_request": null, "repository": null, "head_commit": null}'],
    ['texts inside', '{"pull_request": "7", "repository": "shop", "head_commit": "now"}'],
    [
      'of strange types',
      `{"pull_request": {"number": "7", "head": {"sha": 12}, "base": {"ref": ["main"]}},
        "repository": {"default_branch": {}, "description": null, "license": {"spdx_id": ""},
        "private": "false"}, "head_commit": {"timestamp": 1767323045}}`,
    ],
    [
      'with a hostile prototype',
      '{"__proto__": {"pull_request": {"number": 7}}, "constructor": {"number": 7}}',
    ],
  ])('that is %s says nothing', (_, content) => {
    expect(event(content)).toEqual(nothing);
  });

  it('that is missing says nothing', () => {
    const path = join(folder, 'missing.json');
    expect(readGitHubContext({ GITHUB_EVENT_PATH: path }).event).toEqual(nothing);
    expect(readGitHubContext({ GITHUB_EVENT_PATH: folder }).event).toEqual(nothing);
  });
});

import { describe, expect, it } from '@jest/globals';
import { missing } from '../../src/git/fetch-script.ts';
import type { Access } from '../../src/git/repository/access.ts';
import { repositoryAddress } from '../../src/git/repository/repository.ts';
import { lacking } from '../../src/git/tools.ts';
import { fetchFailure } from '../../src/git/why-not-fetched.ts';

const host = { user: 'deploy', host: 'web-1', port: 22, text: 'deploy@web-1' };
const none: Access = { deployKey: undefined, token: undefined, pins: [] };
const changed = `@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
The fingerprint for the ED25519 key sent by the remote host is
SHA256:abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr.
Host key verification failed.`;
const line = `github.com ssh-ed25519 ${Buffer.from('key').toString('base64')}`;

/** The failure of a fetch that printed this. */
function failure(stderr: string, { code = 1, stdout = '', address = 'git@github.com:a/b' } = {}) {
  const ended = { code, signal: undefined, stdout, stderr };
  const wanted = { repository: repositoryAddress.parse(address), commit: 'f'.repeat(40) };
  return fetchFailure(ended, 'fetching', { ...wanted, access: none }, host);
}

describe('a fetch that failed', () => {
  it.each([
    ['git@github.com: Permission denied (publickey).', 'git/access'],
    ['ERROR: Repository not found.\nfatal: Could not read from remote repository.', 'git/access'],
    ["fatal: '/srv/x' does not appear to be a git repository", 'git/access'],
    ["fatal: Authentication failed for 'https://github.com/a/b/'", 'git/access'],
    [
      "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
      'git/access',
    ],
    ["remote: Repository not found.\nfatal: repository 'https://x/' not found", 'git/access'],
    ["fatal: unable to access 'https://x/': The requested URL returned error: 403", 'git/access'],
    [
      "remote: The project you were looking for could not be found or you don't have permission to view it.",
      'git/access',
    ],
    ["fatal: unable to access 'https://x/': Could not resolve host: x", 'git/fetch'],
    ["fatal: unable to access 'https://x/': SSL certificate problem: self-signed", 'git/fetch'],
    [
      'ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.',
      'git/fetch',
    ],
    [changed, 'git/host-key-changed'],
    ['Host key verification failed.', 'git/fetch'],
  ])('with %j is %s', (stderr, code) => {
    expect(failure(stderr).code).toBe(code);
  });

  it('names the commit that is not there', () => {
    expect(failure('', { code: missing }).message).toBe(
      `git@github.com:a/b does not have the commit ${'f'.repeat(40)}.`,
    );
  });

  it('prints the line that makes the next run green, of the type that is published', () => {
    const stdout = `offered github.com ssh-rsa AAAA\noffered ${line}\n`;
    const { code, message } = failure('Host key verification failed.', { stdout });
    expect(code).toBe('git/host-key-unknown');
    expect(message).toContain(`add this line to known-hosts: ${line}`);
  });

  it('is a failed command when it is neither git nor ssh that failed', () => {
    expect(() => failure('mkdir: cannot create directory: Permission denied')).toThrow(
      'fetching on web-1 ended with exit code 1: mkdir: cannot create directory',
    );
  });
});

describe('a git', () => {
  it.each<[string, readonly [number, number], string | undefined]>([
    ['git version 2.39.5\nssh\n', [2, 18], undefined],
    ['git version 2.18.0', [2, 18], undefined],
    ['git version 3.0', [2, 29], undefined],
    ['git version 2.39.5 (Apple Git-154)', [2, 29], undefined],
    ['git version 2.17.1', [2, 18], 'git 2.18 or newer (it has 2.17.1)'],
    ['git version 1.8.3.1', [2, 18], 'git 2.18 or newer (it has 1.8.3.1)'],
    ['ssh\n', [2, 18], 'git 2.18 or newer'],
  ])('%j for %j lacks %s', (printed, wanted, lack) => {
    expect(lacking(printed, wanted)).toBe(lack);
  });
});

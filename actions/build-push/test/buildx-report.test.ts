import { describe, expect, it } from '@jest/globals';
import { errorReport, refusedPush } from '../src/buildx-report.ts';

const failingStep = `#5 [2/2] RUN npm test
#5 0.412 1 failing
#5 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 1
------
 > [2/2] RUN npm test:
0.412 1 failing
------
Dockerfile:2
--------------------
   1 |     FROM node:24
   2 | >>> RUN npm test
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c npm test" did not complete successfully: exit code: 1
`;

const limited = `#2 ERROR: failed to copy
------
 > importing:
------
ERROR: failed to build: failed to solve: 429 Too Many Requests
toomanyrequests: You have reached your pull rate limit.
`;

describe('errorReport', () => {
  it('is the line that says why, and all that buildx says after the build', () => {
    const { line, report } = errorReport(failingStep);
    expect(line).toMatch(/^ERROR: failed to build: .* exit code: 1$/);
    expect(report).toMatch(/^------\n > \[2\/2\] RUN npm test:\n/);
    expect(report).toContain('2 | >>> RUN npm test');
    expect(report).not.toContain('#5');
  });

  it.each([
    ['goes on over several lines', limited, /429 Too Many Requests toomanyrequests: You have/],
    [
      'is the last one without any ERROR',
      'docker: unknown command\nRun docker --help\n\n',
      /^Run docker --help$/,
    ],
    [
      'is written small by old buildx',
      'error: failed to solve: x\n',
      /^error: failed to solve: x$/,
    ],
    ['is empty when nothing was printed', '', /^$/],
  ])('%s', (_, stderr, line) => expect(errorReport(stderr).line).toMatch(line));
});

describe('refusedPush', () => {
  it.each([
    [
      'BuildKit',
      'ERROR: failed to build: failed to solve: failed to push ghcr.io/acme/app: denied',
      '',
      'ghcr.io refused access to acme/app: failed to push ghcr.io/acme/app: denied.',
    ],
    [
      'BuildKit, with a port and a tag',
      'ERROR: failed to solve: failed to push r.example:5000/app:1: unexpected status from POST request to https://r.example:5000/v2/app/blobs/uploads/: 403 Forbidden',
      '',
      'r.example:5000 refused access to app: ',
    ],
    [
      'the engine',
      'ERROR: failed to build: denied: requested access to the resource is denied',
      '------\n > pushing 127.0.0.1:5000/team/app:slipway-staging with docker:\n------\n',
      '127.0.0.1:5000 refused access to team/app: denied: requested access to the resource is denied.',
    ],
  ])('knows it from %s', (_, line, report, message) => {
    expect(refusedPush(line, `${report}${line}`)).toMatchObject({
      code: 'image/denied',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['a base image', 'ERROR: failed to solve: pull access denied, repository does not exist'],
    ['another failure', 'ERROR: failed to solve: failed to push ghcr.io/a/b: 500 Server Error'],
    ['a build step', 'ERROR: failed to solve: process "cat: permission denied" did not complete'],
  ])('is not about %s', (_, line) => expect(refusedPush(line, line)).toBeUndefined());
});

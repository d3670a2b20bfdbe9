import { expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { slowTexts } from '../../../packages/local-cloud/src/linear-time.ts';
import { parseMessage } from '../src/conventional/parse-message.ts';
import { readCommits } from '../src/git/read-commits.ts';
import { gitFailure } from '../src/git/run-git.ts';

const refused = (error: unknown) => error instanceof Failure;
const ended = { code: 1, signal: null, stdout: '' };

it.each<[string, (text: string) => unknown]>([
  ['a message', parseMessage],
  ['a header', (text) => parseMessage(`feat(${text}): ${text}`)],
  ['a break', (text) => parseMessage(`feat: a\n\nBREAKING CHANGE: ${text}`)],
  ['a squash', (text) => parseMessage(`a\n\n* feat: ${text}\n* fix: ${text}`)],
  ['a revert', (text) => parseMessage(`Revert "${text}"\n\nThis reverts commit ${text}.`)],
  ['commits of git', (text) => readCommits(`a\nparent ${text}\n\n    ${text}\0`)],
  ['what git says', (text) => gitFailure('push', { ...ended, stderr: `fatal: ${text}` })],
])('%s of hostile text is read in one pass', async (_, read) => {
  expect(await slowTexts(read, { refused })).toEqual([]);
});

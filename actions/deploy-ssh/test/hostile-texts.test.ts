import { expect, it } from '@jest/globals';
import { Failure } from '@slipway/shared/failure/failure';
import { slowTexts } from '../../../packages/local-cloud/src/linear-time.ts';
import { keptReleases, readState } from '../src/compose/releases.ts';
import { readCheck } from '../src/compose/scripts.ts';
import { readCheckout } from '../src/git/checkout-script.ts';
import { readCommit } from '../src/git/commit-content.ts';
import { unquotedPath } from '../src/git/quoted-path.ts';
import { lacking } from '../src/git/tools.ts';
import { readKept } from '../src/host/kept-releases.ts';
import { readPrinted } from '../src/host/printed.ts';
import { readTreeState } from '../src/release/scripts.ts';
import { lastLinesOf } from '../src/ssh/script/remote-script.ts';
import { ignoreRules } from '../src/upload/ignore-rules.ts';
import { linkProblem } from '../src/upload/link-target.ts';
import { shownName } from '../src/upload/shown-name.ts';

const ended = { started: true, code: 1, signal: undefined, stdout: '' };

it.each<[string, (text: string) => unknown]>([
  ['the state of a host', readState],
  ['the check of a host', readCheck],
  ['kept releases', readKept],
  ['kept releases of Compose', keptReleases],
  ['texts that a script spelled', readPrinted],
  ['the state of a tree', readTreeState],
  ['a checkout', readCheckout],
  ['a commit', readCommit],
  ['a path of git', unquotedPath],
  ['a version of git', (text) => lacking(text, [2, 1])],
  ['the last lines of a script', (text) => lastLinesOf({ ...ended, stderr: text })],
  ['a name of a file', shownName],
  ['the target of a link', (text) => linkProblem('a/b', text)],
])('%s of hostile text is read in one pass', async (_, read) => {
  const refused = (error: unknown) => error instanceof Failure;
  expect(await slowTexts(read, { refused })).toEqual([]);
});

it('an ignore file of hostile text is read in one pass, and asked in another', async () => {
  const read = async (text: string) => (await ignoreRules(text)).inFolder()('a/b/c');
  expect(await slowTexts(read, { lengths: [20_000] })).toEqual([]);
});

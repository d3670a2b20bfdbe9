import { expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import { slowTexts } from '../../../packages/local-cloud/src/linear-time.ts';
import { errorReport, refusedPush } from '../src/buildx-report.ts';
import { platformList } from '../src/platform-input.ts';
import { InvalidTags } from '../src/tags/invalid-tags.ts';
import { parseRules } from '../src/tags/parse-rules.ts';
import { isTransient } from '../src/transient.ts';

const refused = (error: unknown) => error instanceof BadInput || error instanceof InvalidTags;

// What buildx prints is cut to 64 KiB before anybody reads it, an input to 100,000 characters.
it.each<[string, readonly number[], (text: string) => unknown]>([
  ['the end of a build', [64_000], errorReport],
  ['a line of a build', [64_000], (text) => errorReport(`ERROR: ${text}`)],
  ['a refused push', [64_000], (text) => refusedPush(`denied ${text}`, `> pushing ${text}`)],
  ['a line that may pass', [64_000], isTransient],
  ['tags', [60_000, 100_000], parseRules],
  ['platforms', [60_000], (text) => platformList.parse(text)],
])('%s of hostile text is read or refused in one pass', async (_, lengths, read) => {
  expect(await slowTexts(read, { refused, lengths })).toEqual([]);
});

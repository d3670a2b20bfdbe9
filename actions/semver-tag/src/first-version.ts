import { Failure } from '@slipway/shared/failure/failure';
import type { Decision, VersionPolicy } from './decide.ts';
import type { History } from './history.ts';
import type { Survey } from './survey.ts';
import { inRange } from './version/range.ts';
import { type TagRef, versionTags } from './version/tags.ts';
import { isStable, type Version } from './version/version.ts';

/** What a decision was made of. */
export interface Decided {
  decision: Decision;
  survey: Survey;
  policy: VersionPolicy;
  /** Everything that begins with the prefix. */
  refs: readonly TagRef[];
}

/** The two ways to write versions of one line; any other prefix is a part of a monorepo. */
const twins: Readonly<Record<string, string>> = { v: '', '': 'v' };

/**
 * Refuses a first version where there are versions already, of which this one would know nothing: in
 * another history, by the moving tags alone, or behind the other usual prefix. Whoever asks for an
 * exact version means it.
 * @returns tags with a version behind other prefixes, to warn of
 * @throws Failure `tag/first-version`
 */
export async function checkFirst(history: History, decided: Decided): Promise<string[]> {
  const { decision, policy, refs, survey } = decided;
  if (decision.bump !== 'initial' || decision.kind !== 'create') return [];
  if (/^\d/.test(policy.bump) || decision.analysis.releaseAs) return [];
  const { prefix } = policy;
  const { tag, version } = decision;
  const elsewhere = survey.tags.find(
    (one) => isStable(one.version) && inRange(policy.range, one.version),
  );
  if (elsewhere) {
    const said = `${elsewhere.name} is there, in another history than this commit's`;
    throw Failure.of('tag/first-version', { tag, said });
  }
  const moving = refs.find(({ name }) => isAbove(name.slice(prefix.length), version));
  if (moving) {
    const said = `the moving tag ${moving.name} is there, without its version`;
    throw Failure.of('tag/first-version', { tag, said });
  }
  const all = prefix === '' ? refs : await history.tags('');
  const twin = twins[prefix];
  const [same] = twin === undefined ? [] : versionTags(all, twin).filter(isStableTag);
  if (same) {
    const said = `${same.name} is there, which has the prefix "${twin}" and not "${prefix}"`;
    throw Failure.of('tag/first-version', { tag, said });
  }
  return all
    .filter(({ name }) => !name.startsWith(prefix) || prefix === '')
    .flatMap(({ name }) => (/[^\d.]\d+\.\d+\.\d+$/.test(name) ? [name] : []));
}

function isStableTag({ version }: { version: Version }): boolean {
  return isStable(version);
}

/** Whether a moving tag, `1` or `1.2`, says that there was a higher version. */
function isAbove(text: string, { major, minor }: Version): boolean {
  const [, first, second = 0] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (first === undefined) return false;
  return +first > major || (+first === major && +second > minor);
}

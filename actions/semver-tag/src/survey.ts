import { commitsSince } from './graph.ts';
import type { Commit, History, Range } from './history.ts';
import { inRange, type VersionRange } from './version/range.ts';
import type { TagRef, VersionTag } from './version/tags.ts';
import { compareVersions, isStable } from './version/version.ts';

/** Everything that a decision is made of. */
export interface Survey {
  head: string;
  /** All versions there are, highest first, whoever's history they are in. */
  tags: readonly VersionTag[];
  /** The version that the head has already. */
  own?: VersionTag;
  /** The highest stable version in the history of the head, below its own. */
  base?: VersionTag;
  /** Since the base. */
  commits: readonly Commit[];
  complete: boolean;
  /** The highest version whose commit has the head in its history: the head is older than that. */
  newer?: VersionTag;
  /** The lowest such version, which was the first to have the head in it; not where `own` is. */
  holder?: VersionTag;
  /** Of a prerelease channel: its last version in this history, and the commits since that. */
  last?: { tag: VersionTag; commits: readonly Commit[] };
}

/** What is looked for. */
export interface Question {
  mode: 'release' | 'prerelease' | 'dev' | 'preview';
  channel: string;
  range?: VersionRange | undefined;
}

/** How many tags are looked at in one go, to find the commits behind them. */
const batch = 50;

/**
 * Finds the version that the head has, the one before it, and the commits in between. Tags are
 * tried in the order of SemVer, not of time, until one is in the history of the head.
 * @param tags highest first
 */
export async function surveyHistory(
  history: History,
  tags: readonly VersionTag[],
  question: Question,
): Promise<Survey> {
  const { head } = history;
  const ofLine = tags.filter(
    ({ version }) => isStable(version) && inRange(question.range, version),
  );
  const ofChannel = tags.filter(({ version }) => isOfChannel(version.prerelease, question.channel));
  const own = await findOwn(history, question.mode === 'prerelease' ? ofChannel : ofLine, question);
  const below = own
    ? ofLine.filter((tag) => compareVersions(tag.version, own.version) < 0)
    : ofLine;
  const base = await firstInHistory(history, below);
  const { commits, complete } = base ?? (await history.newest());
  const survey: Survey = { head, tags, commits, complete };
  if (own) survey.own = own;
  if (base) survey.base = base.tag;
  if (question.mode === 'prerelease' && !own) {
    const last = await findLast(history, ofChannel, survey);
    if (last) survey.last = last;
  }
  const lines = question.mode === 'prerelease' ? [...ofLine, ...ofChannel] : ofLine;
  return { ...survey, ...(await findNewer(history, lines, survey)) };
}

// Versions rise along the history, so only one above the base can have the head in its history.
async function findNewer(
  history: History,
  tags: readonly VersionTag[],
  { base, own }: Survey,
): Promise<Pick<Survey, 'newer' | 'holder'>> {
  const floor = own ?? base;
  const above = tags
    .filter((tag) => !floor || compareVersions(tag.version, floor.version) > 0)
    .sort((a, b) => compareVersions(b.version, a.version));
  for (let start = 0; start < above.length; start += batch) {
    const peeled = await history.peel(above.slice(start, start + batch));
    const newer = await history.firstContaining(peeled);
    if (newer && own) return { newer };
    if (!newer) continue;
    const all = await history.peel(above.slice(start));
    const holder = await history.firstContaining(all.reverse());
    return { newer, ...(holder && { holder }) };
  }
  return {};
}

function isOfChannel(prerelease: readonly (string | number)[], channel: string): boolean {
  return prerelease.length === 2 && prerelease[0] === channel && typeof prerelease[1] === 'number';
}

// Most tags that can be meant are among the highest; the one batch asks the server once.
async function findOwn(
  history: History,
  tags: readonly VersionTag[],
  { mode }: Question,
): Promise<VersionTag | undefined> {
  if (mode === 'dev') return undefined;
  const atHead = ({ commit, oid }: TagRef) => commit === history.head || oid === history.head;
  const highest = await history.peel(tags.slice(0, batch));
  return highest.find(atHead) ?? tags.slice(batch).find(atHead);
}

async function firstInHistory(
  history: History,
  tags: readonly VersionTag[],
): Promise<(Range & { tag: VersionTag }) | undefined> {
  for (let start = 0; start < tags.length; start += batch) {
    const found = await history.firstOf(await history.peel(tags.slice(start, start + batch)));
    if (found) return found;
  }
  return undefined;
}

// A prerelease that came after the base is one of the commits since then: no question to the server.
async function findLast(
  history: History,
  ofChannel: readonly VersionTag[],
  { base, commits, complete }: Survey,
): Promise<Survey['last']> {
  const above = base
    ? ofChannel.filter((tag) => compareVersions(tag.version, base.version) > 0)
    : ofChannel;
  if (!base && !complete) return firstInHistory(history, above);
  const known = new Set(commits.map(({ sha }) => sha));
  for (let start = 0; start < above.length; start += batch) {
    const tags = await history.peel(above.slice(start, start + batch));
    const tag = tags.find(({ commit }) => known.has(commit));
    if (tag) return { tag, commits: commitsSince(commits, tag.commit) };
  }
  return undefined;
}

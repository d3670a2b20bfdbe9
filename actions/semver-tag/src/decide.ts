import { Failure } from '@slipway/shared/failure/failure';
import { type Analysis, analyse } from './analyse.ts';
import type { Question, Survey } from './survey.ts';
import { type Bump, effectiveBump, highestBump, raise, type ZeroMajor } from './version/bump.ts';
import { inRange } from './version/range.ts';
import type { VersionTag } from './version/tags.ts';
import {
  compareVersions,
  isStable,
  parseVersion,
  sameCore,
  type Version,
} from './version/version.ts';

/** How a version is chosen. */
export interface VersionPolicy extends Question {
  prefix: string;
  /** A stable version. */
  initialVersion: string;
  zeroMajor: ZeroMajor;
  noBump: 'skip' | 'patch' | 'minor' | 'fail';
  /** `auto`, a bump, or an exact stable version. */
  bump: string;
}

/** When and where a development version is made. */
export interface Moment {
  /** Time of the commit, in milliseconds since the epoch. */
  commitTime: number;
  /** Number of the run. */
  run: string;
}

/** What is to be done, and why. */
export interface Decision {
  /** `create` a tag, it `exists` on this commit, or `nothing` is to be tagged. */
  kind: 'create' | 'exists' | 'nothing';
  version: Version;
  tag: string;
  /** The commit that has the version or gets it. */
  sha: string;
  bump: Bump | 'initial';
  /** Empty for the first version. */
  previousTag: string;
  analysis: Analysis;
  /** Versions that other commits have, which this one would have had. */
  taken: readonly VersionTag[];
}

/**
 * Chooses the version. The same survey, policy and moment give the same decision.
 * @throws Failure `tag/nothing`, `tag/contained`, `tag/out-of-range`, `tag/not-higher`
 */
export function decide(survey: Survey, policy: VersionPolicy, moment: Moment): Decision {
  const { base, own } = survey;
  const analysis = analyse(survey.commits);
  const common = { analysis, previousTag: base?.name ?? '', sha: survey.head, taken: [] };
  if (own) {
    const bump = base ? distance(base.version, own.version) : 'initial';
    return { ...common, kind: 'exists', version: own.version, tag: own.name, bump };
  }
  if (survey.holder && policy.mode !== 'dev') return heldBy(survey.holder, common, policy);
  const exact = exactVersion(survey, analysis, policy);
  const bump = chooseBump(survey, analysis, exact, policy);
  if (bump === 'none') {
    const kept = survey.last?.tag ?? base;
    if (!kept) throw new Error('the first version is never left out');
    const { commit: sha = '', name: tag, version } = kept;
    return { ...common, kind: 'nothing', version, tag, sha, bump };
  }
  const { core, taken } = freeVersion(survey, policy, { analysis, exact, bump });
  const version = named(core, survey, policy, moment);
  const kind = policy.mode === 'dev' ? 'nothing' : 'create';
  const tag = policy.mode === 'dev' ? '' : `${policy.prefix}${version.text}`;
  return { ...common, kind, version, tag, bump, taken };
}

/** Nothing for a commit that is in a released version: what came later has the lower version else. */
function heldBy(
  { commit = '', name: tag, version }: VersionTag,
  common: Omit<Decision, 'kind' | 'version' | 'tag' | 'bump'>,
  { bump }: VersionPolicy,
): Decision {
  if (bump !== 'auto') throw Failure.of('tag/contained', { sha: common.sha, tag });
  return { ...common, kind: 'nothing', version, tag, sha: commit, bump: 'none' };
}

// What is asked for by hand counts as it is; what commits ask for is weighed below 1.0.0.
function chooseBump(
  survey: Survey,
  analysis: Analysis,
  exact: Version | undefined,
  policy: VersionPolicy,
): Bump | 'initial' {
  const { base, last } = survey;
  if (!base && !last) return 'initial';
  if (base && exact) return distance(base.version, exact);
  const quiet = (last ? analyse(last.commits) : analysis).bump === 'none';
  const least = policy.bump === 'auto' && quiet ? leastBump(survey, policy) : 'patch';
  if (least === 'none') return 'none';
  if (!base) return 'initial';
  const { bump } = policy;
  if (bump === 'major' || bump === 'minor' || bump === 'patch') return bump;
  return highestBump([least, effectiveBump(base.version, analysis.bump, policy.zeroMajor)]);
}

// What a run gets whose commits ask for nothing.
function leastBump({ base, last }: Survey, { mode, noBump }: VersionPolicy): Bump {
  if (mode === 'dev') return 'patch';
  if (noBump !== 'fail') return noBump === 'skip' ? 'none' : noBump;
  if (mode === 'preview') return 'none';
  throw Failure.of('tag/nothing', { since: last?.tag.name ?? base?.name ?? '' });
}

/** Which part of a version changed. */
function distance(from: Version, to: Version): Bump {
  if (from.major !== to.major) return 'major';
  if (from.minor !== to.minor) return 'minor';
  return sameCore(from, to) ? 'none' : 'patch';
}

/** What the commits, or a person, ask for. */
interface Asked {
  analysis: Analysis;
  exact: Version | undefined;
  bump: Bump | 'initial';
}

/**
 * The stable version to go to. One that another commit has is passed over in steps of the same
 * size, as if that commit had come first: this is what runs that race for a version end in.
 */
function freeVersion(
  survey: Survey,
  policy: VersionPolicy,
  { analysis, exact, bump }: Asked,
): { core: Version; taken: VersionTag[] } {
  const { base, tags } = survey;
  const step = bump === 'initial' ? highestBump(['patch', analysis.bump]) : bump;
  const initial = parseVersion(policy.initialVersion);
  const start = exact ?? (base ? raise(base.version, step) : initial);
  if (!start) throw new Error('the initial version is not one');
  const taken: VersionTag[] = [];
  const holderOf = (wanted: Version) =>
    tags.find(({ version }) => sameCore(version, wanted) && isStable(version));
  let core = start;
  for (let holder = holderOf(core); holder; holder = holderOf(core)) {
    if (exact && policy.bump !== 'auto') {
      throw Failure.of('tag/taken', { tag: holder.name, head: survey.head });
    }
    taken.push(holder);
    core = raise(core, effectiveBump(core, step, policy.zeroMajor));
  }
  if (!inRange(policy.range, core)) throw outOfRange(core, survey, analysis, policy);
  return { core, taken };
}

function coreOf({ major, minor, patch }: Version): string {
  return `${major}.${minor}.${patch}`;
}

function exactVersion(
  { base }: Survey,
  analysis: Analysis,
  { bump, prefix }: VersionPolicy,
): Version | undefined {
  const text = bump === 'auto' ? analysis.releaseAs : bump;
  const version = text === undefined ? undefined : parseVersion(text);
  if (!version || !isStable(version)) return undefined;
  if (base && compareVersions(version, base.version) <= 0) {
    throw Failure.of('tag/not-higher', { wanted: `${prefix}${version.text}`, base: base.name });
  }
  return version;
}

function outOfRange(
  core: Version,
  { base }: Survey,
  { read }: Analysis,
  policy: VersionPolicy,
): Failure {
  const because =
    read.find(({ bump }) => bump === 'major') ?? read.find(({ bump }) => bump === 'minor');
  return Failure.of('tag/out-of-range', {
    tag: `${policy.prefix}${core.text}`,
    range: policy.range?.text ?? '',
    because: because
      ? because.commit.sha.slice(0, 7)
      : base
        ? base.name
        : 'no version in this history',
  });
}

function named(core: Version, survey: Survey, policy: VersionPolicy, moment: Moment): Version {
  switch (policy.mode) {
    case 'release':
    case 'preview':
      return core;
    case 'prerelease':
      return withSuffix(core, `${policy.channel}.${nextCounter(core, survey, policy.channel)}`);
    case 'dev': {
      const day = new Date(moment.commitTime).toISOString().slice(0, 10).replaceAll('-', '');
      return withSuffix(core, `dev.${day}.${moment.run}`);
    }
  }
}

// Counts all there are, not only those in this history: a name is given once.
function nextCounter(core: Version, { tags }: Survey, channel: string): number {
  const counters = tags
    .filter(({ version }) => sameCore(version, core) && version.prerelease[0] === channel)
    .map(({ version }) => Number(version.prerelease[1]))
    .filter((counter) => Number.isSafeInteger(counter));
  return Math.max(0, ...counters) + 1;
}

function withSuffix(core: Version, suffix: string): Version {
  const version = parseVersion(`${coreOf(core)}-${suffix}`);
  if (!version) throw new Error(`not a version: ${coreOf(core)}-${suffix}`);
  return version;
}

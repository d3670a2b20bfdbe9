import { tmpdir } from 'node:os';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { type Decision, decide, type VersionPolicy } from './decide.ts';
import { checkFirst } from './first-version.ts';
import type { Api } from './github/api.ts';
import { openApiHistory } from './github/api-history.ts';
import { isOnBranch } from './github/branches.ts';
import { readFacts } from './github/facts.ts';
import { type History, TooMuch } from './history.ts';
import { forwardOnly, type Move, movesTo } from './moving-tags.ts';
import { plainNotes, releaseNotes } from './notes.ts';
import type { Report } from './report.ts';
import type { ActionRun, Settings } from './settings.ts';
import { type Survey, surveyHistory } from './survey.ts';
import { type TagRef, versionTags } from './version/tags.ts';
import { type TagWrite, type WriteResult, writeTags } from './write-tags.ts';

// Many runs that want the same version at the same time find their turn without asking GitHub more
// than it allows: the token of a job has 1,000 requests an hour.
const mostTries = 40;
const mostUnanswered = 5;
const mostDoublings = 6;
/** In milliseconds. */
const shortestTry = 100;

interface Settled {
  survey: Survey;
  decision: Decision;
}

interface Planned extends Settled {
  moves: readonly Move[];
  /** What a person should look at; said when the run has ended well. */
  warnings: readonly Failure[];
}

/** What a run works with. */
export interface Tagging {
  settings: Settings;
  run: ActionRun;
  api: Api;
}

/**
 * Decides and writes until a decision holds that no other run has overtaken.
 * @param report gets what is known as soon as it is
 * @param stack for what has to be removed afterwards
 * @throws Failure `tag/race`, and those of reading, deciding and writing
 */
export async function settle(
  tagging: Tagging,
  report: Report,
  stack: AsyncDisposableStack,
): Promise<Settled> {
  const { settings, run, api } = tagging;
  const { prefix, sha } = settings;
  const git = async () => stack.use(await openGit(settings, run));
  let history: History = settings.paths ? await git() : openApiHistory(api, sha);
  const onBranch = once(() => refuseOffBranch(tagging));
  let begin = systemClock.now();
  let refs = await history.tags(prefix);
  for (let tries = 1; tries <= mostTries; tries += 1) {
    let planned: Planned;
    try {
      planned = await look(history, refs, settings, run);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      run.commands.info(`going on with git: ${error.message}.`);
      history = await git();
      refs = await history.tags(prefix);
      planned = await look(history, refs, settings, run);
    }
    const { moves, warnings, ...settled } = planned;
    Object.assign(report, settled, { notes: notesOf(report, settled) });
    refuseOtherVersion(settled.decision, settings);
    if (needsBranch(settled, settings)) await onBranch();
    if (!hasToWrite(settled, moves, settings)) return warn(warnings, run, settled);
    const repositoryId =
      (await history.repositoryId?.()) ?? (await readFacts(api, sha, [])).repositoryId;
    const wanted = tagWriteOf(settled, { moves, repositoryId }, settings, run);
    const judge = await writeTags(api, systemClock, wanted);
    let result: WriteResult = 'written';
    if (judge) {
      await systemClock.sleep(pauseAfter(systemClock.now() - begin, tries), run.signal);
      begin = systemClock.now();
      refs = await history.tags(prefix);
      result = judge(refs, tries < mostUnanswered);
    }
    if (result === 'written') {
      Object.assign(report, { created: settled.decision.kind === 'create', moves });
      return warn(warnings, run, settled);
    }
    if (result === 'lost') report.lost += 1;
  }
  throw Failure.of('tag/race', { tag: report.decision?.tag ?? '', tries: String(mostTries) });
}

// Somewhere in a window that doubles, and begins with the time that a try takes here: that is how
// long runs are in each other's way.
function pauseAfter(took: number, tries: number): number {
  return Math.random() * Math.max(took, shortestTry) * 2 ** Math.min(tries - 1, mostDoublings);
}

async function look(
  history: History,
  refs: readonly TagRef[],
  settings: Settings,
  run: ActionRun,
): Promise<Planned> {
  const policy = policyOf(settings);
  const found = await surveyHistory(history, versionTags(refs, settings.prefix), policy);
  const survey = policy.mode === 'preview' ? withTitle(found, run) : found;
  const commitTime = policy.mode === 'dev' ? await history.headTime() : 0;
  const decision = decide(survey, policy, { commitTime, run: runNumber(run) });
  const { prefix, 'moving-tags': which } = settings;
  const { sha: head } = settings;
  const wanted = movesTo(decision.version, { head, which, prefix, refs, versions: survey.tags });
  const dry = decision.kind === 'nothing' || policy.mode === 'preview';
  const { held, moves } = await forwardOnly(history, survey, refs, dry ? [] : wanted);
  const others = await checkFirst(history, { decision, survey, policy, refs });
  const warnings = held.map((tag) =>
    Failure.of('tag/moving-tag-ahead', { tag, sha: settings.sha }),
  );
  if (others.length > 0 && !settings.paths) {
    const tags = others.slice(0, 3).join(', ');
    warnings.push(Failure.of('tag/other-prefixes', { tag: decision.tag, tags }));
  }
  return { survey, decision, moves, warnings };
}

function warn(warnings: readonly Failure[], { commands }: ActionRun, settled: Settled): Settled {
  for (const { code, message, remedy } of warnings) {
    commands.warning(`${message} ${remedy}`, `semver-tag: ${code}`);
  }
  return settled;
}

// A merge commit of a pull request, or of a fork, is nobody's history.
function needsBranch({ decision, survey }: Settled, { mode }: Settings): boolean {
  if (mode !== 'release' && mode !== 'prerelease') return false;
  return decision.kind === 'create' || (decision.kind === 'nothing' && !survey.holder);
}

async function refuseOffBranch({ settings, run, api }: Tagging): Promise<void> {
  const { sha } = settings;
  const { event, ref } = run.github;
  const likely = [ref, ...(event.baseRef ? [`refs/heads/${event.baseRef}`] : [])];
  if (await isOnBranch(api, sha, likely)) return;
  const { isOnAnyBranch } = await import('./git/on-branch.ts');
  if (await isOnAnyBranch(gitPlace(settings, run), sha)) return;
  throw Failure.of('tag/no-branch', { sha, repository: api.repository });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

// A squash makes the title of a pull request the message of the one commit that counts then.
function withTitle(survey: Survey, { github }: ActionRun): Survey {
  const title = github.event.pullRequestTitle;
  if (title === undefined || survey.own) return survey;
  const squashed = { sha: survey.head, parents: [], message: title };
  return { ...survey, commits: [...survey.commits, squashed] };
}

// What was built has this version in it, so its commit gets this one or none.
function refuseOtherVersion({ kind, version }: Decision, settings: Settings): void {
  const { 'expect-version': expected, mode, sha } = settings;
  const got = kind === 'nothing' && mode !== 'dev' ? 'none' : version.text;
  if (expected === undefined || expected === got) return;
  throw Failure.of('tag/other-version', { expected, got, sha });
}

function hasToWrite({ decision }: Settled, moves: readonly Move[], { mode }: Settings): boolean {
  if (mode !== 'release' && mode !== 'prerelease') return false;
  return decision.kind === 'create' || (decision.kind === 'exists' && moves.length > 0);
}

function tagWriteOf(
  { decision }: Settled,
  { moves, repositoryId }: Pick<TagWrite, 'moves' | 'repositoryId'>,
  settings: Settings,
  run: ActionRun,
): TagWrite {
  const { sha, tagger, 'signing-key': key } = settings;
  const { analysis, kind, tag: name } = decision;
  const message = [name, plainNotes(analysis)].filter(Boolean).join('\n\n');
  return {
    repositoryId,
    sha,
    moves,
    ...(kind === 'create' && { tag: { name, message, tagger } }),
    ...(key && { sign: signer(key, settings, run) }),
  };
}

function notesOf({ repositoryUrl, sha }: Report, { decision, survey }: Settled): string {
  const { analysis, previousTag, tag } = decision;
  return releaseNotes(analysis, survey.complete, { repositoryUrl, previousTag, tag: tag || sha });
}

function policyOf(settings: Settings): VersionPolicy {
  return {
    mode: settings.mode,
    prefix: settings.prefix,
    initialVersion: settings['initial-version'],
    zeroMajor: settings['zero-major'],
    noBump: settings['no-bump'],
    bump: settings.bump,
    channel: settings.channel,
    range: settings.range,
  };
}

// The number grows with each run of a workflow, and stays when a run is repeated.
function runNumber({ env, github }: ActionRun): string {
  const number = env['GITHUB_RUN_NUMBER'] || github.runId;
  return /^(?:0|[1-9]\d{0,14})$/.test(number) ? number : '0';
}

async function openGit(settings: Settings, run: ActionRun): Promise<History & AsyncDisposable> {
  const { openGitHistory } = await import('./git/git-history.ts');
  const { sha: head, paths = [] } = settings;
  return openGitHistory({ ...gitPlace(settings, run), head, paths, say: run.commands.info });
}

function signer(key: string, settings: Settings, run: ActionRun): NonNullable<TagWrite['sign']> {
  return async (tag, moves) => {
    const { pushSigned } = await import('./git/push-signed.ts');
    return pushSigned({ ...gitPlace(settings, run), tag, key, moves });
  };
}

function gitPlace({ token }: Settings, { env, github, signal }: ActionRun) {
  const url = `${github.serverUrl}/${github.repository}.git`;
  return { url, token, folder: env['RUNNER_TEMP'] || tmpdir(), env, signal };
}

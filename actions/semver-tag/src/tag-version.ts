import type { Run } from '@slipway/shared/action/run';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { Timeline } from '@slipway/shared/time/timeline';
import { type Decision, decide, type Policy } from './decide.ts';
import { type Api, openApi } from './github/api.ts';
import { openApiHistory } from './github/api-history.ts';
import { readFacts } from './github/facts.ts';
import { type History, TooMuch } from './history.ts';
import type { manifest } from './manifest.ts';
import { type Move, movesTo } from './moving-tags.ts';
import { plainNotes, releaseNotes } from './notes.ts';
import type { Release } from './release/release.ts';
import type { Settings } from './settings.ts';
import { type Survey, surveyHistory } from './survey.ts';
import { versionTags } from './version/tags.ts';
import { compareVersions, isStable } from './version/version.ts';
import { writeTags } from './write-tags.ts';

type ActionRun = Run<typeof manifest>;

/** Everything there is to say about a run, also about one that failed. */
export interface Report {
  mode: Settings['mode'];
  repositoryUrl: string;
  sha: string;
  decision?: Decision;
  survey?: Survey;
  notes: string;
  created: boolean;
  moves: readonly Move[];
  /** How often other runs were faster. */
  lost: number;
  release?: Release;
  timeline: Timeline['entries'];
  failure?: Failure;
}

// Many runs that want the same version at the same time find their turn without asking GitHub more
// than it allows: the token of a job has 1,000 requests an hour.
const mostTries = 40;
const firstPause = 200;
const longestPause = 20_000;

/**
 * Finds the version, tags it, moves what follows it, and releases it. What is done already is left
 * as it is, so a run that was cut off anywhere is completed by the next one.
 */
export async function tagVersion(settings: Settings, run: ActionRun): Promise<Report> {
  const { github } = run;
  const timeline = new Timeline(systemClock, run.commands.info);
  const report: Report = {
    mode: settings.mode,
    repositoryUrl: `${github.serverUrl}/${github.repository}`,
    sha: settings.sha,
    notes: '',
    created: false,
    moves: [],
    lost: 0,
    timeline: timeline.entries,
  };
  try {
    await deadline(systemClock, settings.timeout, run.signal, async (signal) => {
      await using stack = new AsyncDisposableStack();
      await work(settings, { ...run, signal }, report, timeline, stack);
    });
  } catch (error) {
    report.failure = asFailure(error, settings.timeout);
  }
  return report;
}

function asFailure(error: unknown, timeout: number): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof TimeoutReached && error.ms === timeout) {
    return Failure.of('tag/timeout', { after: formatDuration(timeout) }, error);
  }
  throw error;
}

async function work(
  settings: Settings,
  run: ActionRun,
  report: Report,
  timeline: Timeline,
  stack: AsyncDisposableStack,
): Promise<void> {
  const globs = settings.assets ?? [];
  const assets = globs.length > 0 ? await assetsOf(run, globs) : [];
  const api = connect(settings, run);
  const { survey, decision } = await timeline.phase('version', () =>
    settle(settings, run, api, report, stack),
  );
  if (settings.release === 'none' || decision.kind === 'nothing') return;
  const { publishRelease } = await import('./release/publish-release.ts');
  const { tag, version } = decision;
  const stable = survey.tags.filter((one) => isStable(one.version));
  report.release = await timeline.phase('release', () =>
    publishRelease(api, {
      tag,
      sha: settings.sha,
      body: report.notes,
      prerelease: !isStable(version),
      latest: stable.every((one) => compareVersions(one.version, version) <= 0),
      publish: settings.release === 'published',
      assets,
    }),
  );
}

async function assetsOf(run: ActionRun, globs: readonly string[]) {
  const { collectAssets } = await import('./release/assets.ts');
  return collectAssets(run.env['GITHUB_WORKSPACE'] || process.cwd(), globs);
}

function connect(settings: Settings, { env, github, signal }: ActionRun): Api {
  const restUrl = (env['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/$/, '');
  return openApi({
    repository: github.repository,
    token: settings.token,
    restUrl,
    graphqlUrl: env['GITHUB_GRAPHQL_URL'] || `${restUrl.replace(/\/v3$/, '')}/graphql`,
    fetch,
    clock: systemClock,
    signal,
    budget: settings.timeout,
  });
}

/** Decides and writes until a decision holds that no other run has overtaken. */
async function settle(
  settings: Settings,
  run: ActionRun,
  api: Api,
  report: Report,
  stack: AsyncDisposableStack,
): Promise<{ survey: Survey; decision: Decision }> {
  const { prefix, sha } = settings;
  const policy = policyOf(settings);
  const git = async () => stack.use(await gitHistory(settings, run));
  let history: History = settings.paths ? await git() : openApiHistory(api, sha);
  let refs = await history.tags(prefix);
  for (let tries = 1; ; ) {
    const versions = versionTags(refs, prefix);
    let survey: Survey;
    try {
      survey = await surveyHistory(history, versions, policy);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      run.commands.info(`going on with git: ${error.message}.`);
      history = await git();
      refs = await history.tags(prefix);
      continue;
    }
    const commitTime = policy.mode === 'dev' ? await history.headTime() : 0;
    const decision = decide(survey, policy, { commitTime, run: runNumber(run) });
    const settled = { survey, decision };
    Object.assign(report, settled, { notes: notesOf(report, settled) });
    const { kind, tag, version } = decision;
    const writes = policy.mode === 'release' || policy.mode === 'prerelease';
    if (!writes || kind === 'nothing') return settled;
    const moves = movesTo(version, sha, settings['moving-tags'], prefix, refs, versions);
    if (kind === 'exists' && moves.length === 0) return settled;
    const written = await writeTags(api, systemClock, {
      repositoryId: await repositoryIdOf(history, api, sha),
      sha,
      moves,
      ...(kind === 'create' && {
        tag: { name: tag, message: tagMessage(decision), tagger: settings.tagger },
      }),
    });
    if (written.is === 'open') {
      await systemClock.sleep(
        Math.random() * Math.min(firstPause * 2 ** tries, longestPause),
        run.signal,
      );
      refs = await history.tags(prefix);
    }
    const verdict = written.is === 'open' ? written.judge(refs) : 'written';
    if (verdict === 'written') {
      Object.assign(report, { created: kind === 'create', moves });
      return settled;
    }
    if (verdict === 'lost') report.lost += 1;
    tries += 1;
    if (tries > mostTries) throw Failure.of('tag/race', { tag, tries: String(report.lost) });
  }
}

function notesOf(
  { repositoryUrl, sha }: Report,
  { decision, survey }: { decision: Decision; survey: Survey },
): string {
  const { analysis, previousTag, tag } = decision;
  return releaseNotes(analysis, survey.complete, { repositoryUrl, previousTag, tag: tag || sha });
}

function policyOf(settings: Settings): Policy {
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

async function repositoryIdOf(history: History, api: Api, sha: string): Promise<string> {
  const known = await history.repositoryId?.();
  return known ?? (await readFacts(api, sha, [])).repositoryId;
}

async function gitHistory(
  settings: Settings,
  { env, github, signal, commands }: ActionRun,
): Promise<History & AsyncDisposable> {
  const { openGitHistory } = await import('./git/git-history.ts');
  return openGitHistory({
    url: `${github.serverUrl}/${github.repository}.git`,
    token: settings.token,
    head: settings.sha,
    paths: settings.paths ?? [],
    folder: env['RUNNER_TEMP'] || env['TMPDIR'] || '/tmp',
    env,
    signal,
    say: commands.info,
  });
}

function tagMessage({ tag, analysis }: Decision): string {
  const notes = plainNotes(analysis);
  return notes === '' ? tag : `${tag}\n\n${notes}`;
}

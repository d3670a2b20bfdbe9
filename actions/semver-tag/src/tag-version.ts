import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { systemClock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { formatDuration } from '@slipway/shared/time/duration';
import { Timeline } from '@slipway/shared/time/timeline';
import { type Api, openApi } from './github/api.ts';
import type { Report } from './report.ts';
import type { ActionRun, Settings } from './settings.ts';
import { settle } from './settle.ts';
import { compareVersions, isStable } from './version/version.ts';

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
      await work(settings, { ...run, signal }, report, { timeline, stack });
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
  { timeline, stack }: { timeline: Timeline; stack: AsyncDisposableStack },
): Promise<void> {
  const globs = settings.assets ?? [];
  const assets = globs.length > 0 ? await assetsOf(run, globs) : [];
  const api = connect(settings, run);
  const { survey, decision } = await timeline.phase('version', () =>
    settle({ settings, run, api }, report, stack),
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
    fetch: httpFetch,
    clock: systemClock,
    signal,
    budget: settings.timeout,
  });
}

import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Outcome } from '@slipway/shared/action/run';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { formatReference } from '@slipway/shared/image/reference';
import { systemClock } from '@slipway/shared/time/clock';
import { Timeline } from '@slipway/shared/time/timeline';
import { examine } from './examine.ts';
import { loadFeeds } from './feeds/load-feeds.ts';
import type { GateRun } from './gate-run.ts';
import type { manifest } from './manifest.ts';
import { loadPolicy, mustNotCompare } from './policy/load-policy.ts';
import { privateFolder } from './private-folder.ts';
import { type GateResult, labelOf } from './reports/gate-result.ts';
import { outcomeOf } from './reports/outcome.ts';
import { verdictFailure } from './reports/verdict-failure.ts';
import { warnAbout } from './reports/warnings.ts';
import { writeReports } from './reports/write-reports.ts';
import type { ActionRun, Settings } from './settings.ts';
import { joinVerdicts, type PlatformVerdict } from './verdict/join.ts';
import { judge } from './verdict/judge.ts';

/** What people did wrong is never let pass by `on-error: warn`; neither is a run that was cancelled. */
const always = /^(?:action\/|gate\/(?:policy|allowlist|baseline|feed|finding|maximum|end-of-life))/;

/** Scans, judges, and says why. */
export async function gate(settings: Settings, run: ActionRun): Promise<Outcome<typeof manifest>> {
  const { commands } = run;
  keepMemorySmall();
  const timeline = new Timeline(systemClock, commands.info);
  const result: GateResult = {
    scanned: [],
    files: [],
    timeline: timeline.entries,
    warnings: [],
  };
  try {
    await work({ settings, run, result }, timeline);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    result.failure = error;
  }
  const { failure } = result;
  let forgiven: Failure | undefined;
  if (failure && settings['on-error'] === 'warn' && !always.test(failure.code)) {
    forgiven = failure;
    delete result.failure;
    result.warnings.unshift(
      `${failure.message} Nobody looked at this image: on-error is warn, so it passes all the same.`,
    );
  }
  for (const warning of result.warnings) commands.warning(warning, 'trivy-gate');
  return outcomeOf(result, askedName(settings), forgiven);
}

/** Does it, and puts into the result what is known as soon as it is. */
async function work(gateRun: GateRun, timeline: Timeline): Promise<void> {
  const { settings, run, result } = gateRun;
  const policy = await loadPolicy(settings);
  await using folder = await privateFolder(settings.temp);
  const reports = await mkdtemp(join(settings.temp, 'trivy-gate-'));
  const found = await examine(gateRun, timeline, { folder: folder.path, reports });
  for (const { path } of result.scanned) result.files.push({ format: 'json', path });
  const now = systemClock.now();
  result.judgedAt = now;
  await timeline.phase('judge', async () => {
    const { scanned } = result;
    const ids = new Set(scanned.flatMap(({ report }) => report.findings.map(({ id }) => id)));
    const { workspace } = settings;
    const feeds = await loadFeeds(policy, ids, {
      fetch: httpFetch,
      clock: systemClock,
      signal: run.signal,
      workspace,
    });
    const [first, ...others] = scanned.map((one): PlatformVerdict => {
      const { baseline, report } = one;
      const platform = labelOf(one);
      if (!baseline) mustNotCompare(policy, `There is no baseline for ${platform} yet`);
      const { findings, system } = report;
      return { platform, verdict: judge(policy, { findings, baseline, system, feeds }, now) };
    });
    if (!first) throw new Error('nothing was scanned');
    result.verdict = joinVerdicts([first, ...others]);
    result.warnings.push(...warnAbout(result.verdict, result, policy, settings));
    const failure = verdictFailure(found.target.name, result.verdict);
    if (failure) result.failure = failure;
  });
  try {
    await timeline.phase('report', () => writeReports(gateRun, found, reports));
  } catch (error) {
    // What keeps a report from being written or uploaded does not take away what was found.
    run.signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    if (result.failure) result.warnings.push(error.message);
    else result.failure = error;
  }
}

function askedName({ image, input }: Settings): string {
  return image ? formatReference(image) : (input?.shown ?? '');
}

/**
 * Keeps the part of the heap for new objects at its first size. A report of 100,000 findings then
 * takes 200 MB instead of 330, in the same time: it is read piece by piece, and almost everything
 * that is read is thrown away at once.
 */
export function keepMemorySmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

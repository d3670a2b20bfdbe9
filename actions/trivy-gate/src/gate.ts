import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Outcome, Run } from '@slipway/shared/action/run';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { formatReference } from '@slipway/shared/image/reference';
import { systemClock } from '@slipway/shared/time/clock';
import { Timeline } from '@slipway/shared/time/timeline';
import { type Answer, labelOf } from './answer/answer.ts';
import { outcomeOf } from './answer/outcome.ts';
import { verdictFailure } from './answer/verdict-failure.ts';
import { warnAbout } from './answer/warnings.ts';
import { writeReports } from './answer/write-reports.ts';
import { examine } from './examine.ts';
import { loadFeeds } from './feeds/load-feeds.ts';
import type { manifest } from './manifest.ts';
import { loadPolicy, mustNotCompare } from './policy/load-policy.ts';
import { privateFolder } from './private-folder.ts';
import type { Settings } from './settings.ts';
import { joinVerdicts, type Part } from './verdict/join.ts';
import { judge } from './verdict/judge.ts';

type ActionRun = Run<typeof manifest>;

/** What people did wrong is never let pass by `on-error: warn`; neither is a run that was cancelled. */
const always = /^(?:action\/|gate\/(?:policy|allowlist|baseline|feed|finding|maximum|end-of-life))/;

/** Scans, judges, and says why. */
export async function gate(settings: Settings, run: ActionRun): Promise<Outcome<typeof manifest>> {
  const { commands } = run;
  keepMemorySmall();
  const timeline = new Timeline(systemClock, commands.info);
  const answer: Answer = {
    scanned: [],
    files: [],
    timeline: timeline.entries,
    warnings: [],
  };
  try {
    await work(settings, run, answer, timeline);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    answer.failure = error;
  }
  const { failure } = answer;
  let forgiven: Failure | undefined;
  if (failure && settings['on-error'] === 'warn' && !always.test(failure.code)) {
    forgiven = failure;
    delete answer.failure;
    answer.warnings.unshift(
      `${failure.message} Nobody looked at this image: on-error is warn, so it passes all the same.`,
    );
  }
  for (const warning of answer.warnings) commands.warning(warning, 'trivy-gate');
  return outcomeOf(answer, askedName(settings), forgiven);
}

/** Does it, and puts into the answer what is known as soon as it is. */
async function work(
  settings: Settings,
  run: ActionRun,
  answer: Answer,
  timeline: Timeline,
): Promise<void> {
  const policy = await loadPolicy(settings);
  await using folder = await privateFolder(settings.temp);
  const reports = await mkdtemp(join(settings.temp, 'trivy-gate-'));
  const found = await examine(settings, run, answer, timeline, folder.path, reports);
  for (const { path } of answer.scanned) answer.files.push({ format: 'json', path });
  const now = systemClock.now();
  answer.judgedAt = now;
  await timeline.phase('judge', async () => {
    const { scanned } = answer;
    const ids = new Set(scanned.flatMap(({ report }) => report.findings.map(({ id }) => id)));
    const { workspace } = settings;
    const feeds = await loadFeeds(policy, ids, {
      fetch: httpFetch,
      clock: systemClock,
      signal: run.signal,
      workspace,
    });
    const [first, ...others] = scanned.map((one): Part => {
      const { baseline, report } = one;
      const platform = labelOf(one);
      if (!baseline) mustNotCompare(policy, `There is no baseline for ${platform} yet`);
      const { findings, system } = report;
      return { platform, verdict: judge(policy, { findings, baseline, system, feeds }, now) };
    });
    if (!first) throw new Error('nothing was scanned');
    answer.verdict = joinVerdicts([first, ...others]);
    answer.warnings.push(...warnAbout(answer.verdict, answer, policy, settings));
    const failure = verdictFailure(found.target.name, answer.verdict);
    if (failure) answer.failure = failure;
  });
  try {
    await timeline.phase('report', () => writeReports(settings, run, answer, found, reports));
  } catch (error) {
    // What keeps a report from being written or uploaded does not take away what was found.
    run.signal.throwIfAborted();
    if (!(error instanceof Failure)) throw error;
    if (answer.failure) answer.warnings.push(error.message);
    else answer.failure = error;
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

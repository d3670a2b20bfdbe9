import type { Run } from '@slipway/shared/action/run';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { repositoryName } from '@slipway/shared/image/reference';
import { systemClock } from '@slipway/shared/time/clock';
import { Timeline } from '@slipway/shared/time/timeline';
import { build } from './build.ts';
import type { BuildxTools } from './buildx.ts';
import { ownDockerConfig } from './docker-config.ts';
import { dockerEnvironment } from './docker-env.ts';
import { InvalidLabels, imageLabels } from './labels.ts';
import { logIn } from './login.ts';
import type { manifest } from './manifest.ts';
import { moveTags, untagged } from './move-tags.ts';
import { promote } from './promote.ts';
import { readBack } from './read-back.ts';
import { openRepositories } from './registries.ts';
import type { Report } from './report.ts';
import type { Settings } from './settings.ts';
import { computeTags } from './tags/compute-tags.ts';
import type { ComputedTag } from './tags/computed-tag.ts';
import { InvalidTags } from './tags/invalid-tags.ts';

type ActionRun = Run<typeof manifest>;

/**
 * Builds (or promotes), pushes by digest, reads back from every repository, and only then moves
 * the tags. What fails on the way is in the report, with what was done until then.
 * @throws Failure `action/input` when the event shows that an input is wrong
 */
export async function publish(settings: Settings, run: ActionRun): Promise<Report> {
  const timeline = new Timeline(systemClock, run.commands.info);
  const tags = await asInput(InvalidTags, () =>
    computeTags(settings.tags ?? [], {
      github: run.github,
      now: new Date(systemClock.now()),
      version: settings.version,
    }),
  );
  const labels = await asInput(InvalidLabels, async () => labelsOf(settings, run, tags));
  const names = settings.image.map(repositoryName);
  const report: Report = { names, tags, labels, published: [], timeline: timeline.entries };
  try {
    await work(settings, run, report, timeline);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.failure = error;
  }
  return report;
}

/** Does it, and puts into the report what is done as soon as it is. */
async function work(
  settings: Settings,
  run: ActionRun,
  report: Report,
  timeline: Timeline,
): Promise<void> {
  const { info: say, quote } = run.commands;
  const { signal } = run;
  const tools: BuildxTools = { run: runProgram, clock: systemClock, signal, say, quote };

  // Also where nothing is pushed: the base image may be a private one.
  const logins = await logIn(settings, run);
  await using docker = await ownDockerConfig(dockerEnvironment(run.env), logins, say);
  const { env } = docker;
  const open = (images: Settings['image']) => openRepositories(images, { env, signal, say });
  const repositories = settings.push ? await open(settings.image) : [];
  const [source] = settings.from ? await open([settings.from]) : [];

  const digest = source
    ? await timeline.phase('promote', () => promote(source, repositories, env, tools))
    : await build(settings, {
        tools,
        env,
        github: run.github,
        labels: report.labels,
        repositories,
        timeline,
      });
  if (digest === undefined) return;
  const read = await timeline.phase('read back', () =>
    Promise.all(repositories.map((one) => readBack(one, digest, settings.platforms ?? []))),
  );
  report.digest = digest;
  if (!settings['move-tags']) {
    report.published = read.map(untagged);
    return;
  }
  await timeline.phase('move tags', async () => {
    report.published = await Promise.all(read.map((one) => moveTags(one, report.tags, say)));
    for (const { failure } of report.published) if (failure) throw failure;
  });
}

function labelsOf(settings: Settings, run: ActionRun, tags: readonly ComputedTag[]) {
  const epoch = run.env['SOURCE_DATE_EPOCH'];
  return imageLabels(
    {
      github: run.github,
      version: tags[0]?.tag ?? '',
      now: new Date(systemClock.now()),
      ...(epoch ? { sourceDateEpoch: Number(epoch) } : {}),
    },
    settings.labels ?? new Map(),
  );
}

// What only the run's own facts can tell to be wrong is still the fault of an input.
async function asInput<T>(
  kind: new (problems: string[]) => Error & { problems: string[] },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    throw Failure.of('action/input', { problems: error.problems.join('\n') }, error);
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from '@slipway/shared/action/run';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { type RegistryLogin as Login, registryLogin } from '@slipway/shared/identity/login';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { repositoryName } from '@slipway/shared/image/reference';
import { openRegistry } from '@slipway/shared/image/registry';
import { systemClock } from '@slipway/shared/time/clock';
import { Timeline } from '@slipway/shared/time/timeline';
import { type BuildRequest, buildCommand } from './build-command.ts';
import { type Builder, inspectBuilder } from './builder.ts';
import { type BuildxTools, digestFrom, runBuildx } from './buildx.ts';
import { ownDockerConfig } from './docker-config.ts';
import { InvalidLabels, imageLabels } from './labels.ts';
import type { manifest } from './manifest.ts';
import { promote } from './promote.ts';
import type { Report } from './report.ts';
import { moveTags, type Repository, readBack } from './repository.ts';
import { hostsOf, registryInputs, type Settings } from './settings.ts';
import { computeTags } from './tags/compute-tags.ts';
import type { ComputedTag } from './tags/computed-tag.ts';
import { InvalidTags } from './tags/invalid-tags.ts';

type ActionRun = Run<typeof manifest>;

/**
 * Builds (or promotes), pushes by digest, reads back from every repository, and only then moves
 * the tags.
 */
export async function publish(settings: Settings, run: ActionRun): Promise<Report> {
  const { commands, signal } = run;
  const timeline = new Timeline(systemClock, commands.info);
  const tags = await asInput(InvalidTags, () =>
    computeTags(settings.tags ?? [], { github: run.github, now: new Date(systemClock.now()) }),
  );
  const labels = await asInput(InvalidLabels, async () => labelsOf(settings, run, tags));
  const tools: BuildxTools = {
    run: runProgram,
    clock: systemClock,
    signal,
    say: commands.info,
    quote: commands.quote,
  };

  const logins = settings.push ? await logIn(settings, run) : new Map<string, Login>();
  await using docker = await dockerFor(run, logins);
  const repositories = await openRepositories(settings, run, logins);
  const digest = settings.from
    ? await timeline.phase('promote', () =>
        promote(settings, repositories, { ...tools, env: docker.env }),
      )
    : await build(settings, run, { tools, labels, timeline, repositories, docker: docker.env });

  if (digest === undefined)
    return { digest, tags, published: [], labels, timeline: timeline.entries };
  const read = await timeline.phase('read back', () =>
    Promise.all(repositories.map((one) => readBack(one, digest, settings.platforms ?? []))),
  );
  const published = await timeline.phase('move tags', () =>
    Promise.all(read.map((one) => moveTags(one, tags))),
  );
  return { digest, tags, published, labels, timeline: timeline.entries };
}

interface BuildMeans {
  tools: BuildxTools;
  labels: Readonly<Record<string, string>>;
  timeline: Timeline;
  repositories: readonly Repository[];
  docker: ActionRun['env'];
}

async function build(
  settings: Settings,
  run: ActionRun,
  { tools, labels, timeline, repositories, docker }: BuildMeans,
): Promise<string | undefined> {
  const builder = await timeline.phase('prepare', async () => {
    const [found] = await Promise.all([
      inspectBuilder(tools.run, docker, tools.signal),
      ...repositories.map(({ registry, reference }) =>
        registry.checkAccess(reference.repository, 'pull,push'),
      ),
    ]);
    return found;
  });
  checkBuilder(settings, builder, tools.say);
  const folder = await mkdtemp(join(run.env['RUNNER_TEMP'] || tmpdir(), 'slipway-build-'));
  try {
    const request: BuildRequest = {
      context: settings.context,
      file: settings.file && join(settings.context, settings.file),
      target: settings.target,
      platforms: settings.platforms ?? [],
      buildArgs: settings['build-args'] ?? new Map(),
      secretFiles: await writeSecrets(folder, settings['build-secrets'] ?? new Map()),
      labels,
      repositories: repositories.map(({ reference }) => repositoryName(reference)),
      cache: settings.cache,
      provenance: settings.provenance,
      sbom: settings.sbom,
      metadataFile: join(folder, 'metadata.json'),
    };
    const { args, env } = buildCommand(request, builder, docker);
    await timeline.phase(settings.push ? 'build and push' : 'build', () =>
      runBuildx(args, env, tools),
    );
    return settings.push ? await digestFrom(request.metadataFile) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkBuilder(
  settings: Settings,
  { plain, driver }: Builder,
  say: (line: string) => void,
): void {
  if (!plain) return;
  const needs = (input: string, what: string) =>
    Failure.of('build/builder', { driver, input, what });
  if (settings.provenance !== 'false') throw needs('provenance', 'attach attestations');
  if (settings.sbom) throw needs('sbom', 'attach attestations');
  if ((settings.platforms ?? []).length > 1) throw needs('platforms', 'build several platforms');
  // A cache is a help: without it the build is slower, not wrong.
  if (settings.cache !== 'none')
    say(`the ${driver} builder cannot export a cache; building without`);
}

async function writeSecrets(
  folder: string,
  secrets: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [index, [id, value]] of [...secrets].entries()) {
    const file = join(folder, `secret-${index}`);
    await writeFile(file, value, { mode: 0o600 });
    files.set(id, file);
  }
  return files;
}

async function logIn(settings: Settings, run: ActionRun): Promise<Map<string, Login>> {
  const { env, commands, signal } = run;
  const means = { env, fetch: globalThis.fetch, clock: systemClock, mask: commands.mask, signal };
  const logins = new Map<string, Login>();
  for (const host of hostsOf(settings.image)) {
    const login = await registryLogin(host, registryInputs(settings), means);
    if (login) logins.set(host, login);
  }
  if (settings['create-repository']) {
    for (const { registry, repository } of settings.image) {
      const made = await logins.get(registry)?.createRepository?.(repository);
      if (made === 'created') commands.info(`created the repository ${registry}/${repository}`);
    }
  }
  return logins;
}

async function dockerFor({ env }: ActionRun, logins: ReadonlyMap<string, Login>) {
  if (logins.size === 0) return { env, [Symbol.asyncDispose]: async () => undefined };
  return ownDockerConfig(
    env,
    [...logins].map(([registry, { username, password }]) => ({ registry, username, password })),
  );
}

function openRepositories(
  settings: Settings,
  { env, commands, signal }: ActionRun,
  logins: ReadonlyMap<string, Login>,
): Promise<Repository[]> {
  if (!settings.push) return Promise.resolve([]);
  const open = async (host: string) => {
    const folder = dockerConfigFolder(env);
    const credentials = await credentialsFor(host, logins.get(host), folder, commands.info);
    return openRegistry(host, {
      fetch: globalThis.fetch,
      clock: systemClock,
      signal,
      ...(credentials ? { credentials } : {}),
    });
  };
  const opened = new Map(hostsOf(settings.image).map((host) => [host, open(host)]));
  return Promise.all(
    settings.image.map(async (reference) => ({
      reference,
      registry: await (opened.get(reference.registry) ?? open(reference.registry)),
    })),
  );
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

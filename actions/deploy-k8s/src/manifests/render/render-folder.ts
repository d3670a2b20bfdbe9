import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { BadInput } from '@slipway/shared/action/input';
import { isFile } from '@slipway/shared/action/path-input';
import { textIn } from '@slipway/shared/document/json-object';
import { parseDocument } from '@slipway/shared/document/parse-document';
import type { Environment } from '@slipway/shared/exec/environment';
import { type RunProgram, TooMuchOutput } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import type { Clock } from '@slipway/shared/time/clock';
import { deadline, TimeoutReached } from '@slipway/shared/time/deadline';
import { longestManifest } from '../read-manifests.ts';

/** What a folder is rendered with. */
export interface Rendering {
  readonly run: RunProgram;
  readonly clock: Clock;
  readonly env: Environment;
  readonly workspace: string;
  /** Files with values for a chart. */
  readonly values: readonly string[];
  /** Namespace that a chart is told. */
  readonly namespace: string;
}

/** Longest time for a program, in milliseconds: an overlay may fetch its base. */
const limit = 120_000;

/**
 * Renders a folder by the installed kustomize, kubectl or helm, which is asked for the text alone: it
 * reaches no cluster, and runs no plugin and no program of the folder.
 * @returns undefined for a folder that is neither an overlay nor a chart
 * @throws Failure `k8s/no-renderer`, `k8s/render`
 */
export async function renderFolder(
  folder: string,
  rendering: Rendering,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (kustomizations.some((file) => existsSync(join(folder, file)))) {
    return firstInstalled(
      [
        ['kustomize', 'build', folder],
        ['kubectl', 'kustomize', folder],
      ],
      { folder, rendering, signal },
    );
  }
  const chart = join(folder, 'Chart.yaml');
  if (!isFile(chart)) return undefined;
  const { namespace, values } = rendering;
  const release = await chartName(chart, relative(rendering.workspace, chart));
  const files = values.flatMap((file) => ['--values', file]);
  const told = ['--namespace', namespace, '--include-crds', '--skip-tests', ...files];
  return firstInstalled([['helm', 'template', release, folder, ...told]], {
    folder,
    rendering,
    signal,
  });
}

const kustomizations = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** A chart has no release here, so it is called as the chart is: most name their objects after both. */
async function chartName(path: string, shown: string): Promise<string> {
  try {
    const chart = await parseDocument(readFileSync(path, 'utf8'), 'name: shop');
    const name = textIn(chart, 'name') ?? '';
    if (/^[a-z0-9][a-z0-9-]{0,52}$/.test(name)) return name;
    throw new BadInput('has no name that a release can have', 'name: shop');
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(`names ${shown}, which ${error.message}`, error.example);
  }
}

interface FolderAt {
  readonly folder: string;
  readonly rendering: Rendering;
  readonly signal: AbortSignal;
}

async function firstInstalled(
  commands: ReadonlyArray<readonly [program: string, ...args: string[]]>,
  place: FolderAt,
): Promise<string> {
  for (const [program, ...args] of commands) {
    try {
      return await outputOf(program, args, place);
    } catch (error) {
      if (textField(error, 'code') !== 'ENOENT') throw error;
    }
  }
  const programs = commands.map(([program]) => program).join(' or ');
  throw Failure.of('k8s/no-renderer', { folder: shown(place), programs });
}

async function outputOf(program: string, args: string[], place: FolderAt): Promise<string> {
  const { rendering, signal } = place;
  const fail = (said: string, cause?: unknown): never => {
    throw Failure.of('k8s/render', { program, folder: shown(place), said }, cause);
  };
  try {
    const { code, stdout, stderr } = await deadline(rendering.clock, limit, signal, (within) =>
      rendering.run(program, args, {
        env: environment(rendering.env),
        cwd: rendering.workspace,
        signal: within,
        longest: longestManifest,
      }),
    );
    if (code === 0) return stdout;
    const lines = stderr.split('\n').filter((line) => line.trim() !== '');
    return fail(oneLine(lines.slice(-3).join(' ')) || `it ended with code ${code}`);
  } catch (error) {
    if (error instanceof TimeoutReached) fail(`it took more than ${limit / 1000} s`, error);
    if (error instanceof TooMuchOutput) fail('it wrote more than 8 MiB', error);
    throw error;
  }
}

function shown({ folder, rendering }: FolderAt): string {
  return oneLine(relative(rendering.workspace, folder) || '.');
}

// The inputs of the action and the tokens of the job are nothing for these programs. A base may be in
// a repository, which git fetches.
const passed =
  /^(?:PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|TE?MP|TMPDIR|SYSTEMROOT|COMSPEC|WINDIR|PATHEXT|XDG_\w+|HELM_\w+|GIT_\w+|SSH_AUTH_SOCK|SSL_CERT_(?:FILE|DIR)|(?:HTTPS?|NO|ALL)_PROXY)$/i;
// What HELM_* says about a cluster would only be tried in vain.
const ofCluster = /^HELM_KUBE/i;

function environment(env: Environment): Environment {
  const own = Object.entries(env).filter(([name]) => passed.test(name) && !ofCluster.test(name));
  return Object.fromEntries(own);
}

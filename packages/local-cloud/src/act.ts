import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from './registry.ts';

/** A run of a workflow under act. */
export interface ActRun {
  /** 0 when all jobs were green. */
  code: number | null;
  log: string;
  /** Job summaries in the order in which the steps wrote them. */
  summaries: string[];
}

/** What act gets to run. */
export interface ActRequest {
  /** A user's repository, a Git work tree. */
  repository: string;
  /** Path of the workflow in it. */
  workflow: string;
  /** The release tree and the refs under which the workflows name it, `org/actions@v1`. */
  tree: string;
  refs: readonly string[];
  /** Folders in place of actions of others, by the name that the workflow uses, `owner/name@ref`. */
  standIns?: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  /** What the runner tells the steps otherwise than act does, such as `GITHUB_API_URL`. */
  github?: Readonly<Record<string, string>>;
  /** What started it; default is a push. */
  event?: string;
  /** Inputs of a run that was started by hand. */
  inputs?: Readonly<Record<string, string>>;
  /** Whether the job also gets what git ignores, such as what is built there already. */
  ignored?: boolean;
  onLine?(line: string): void;
}

/**
 * Runs a workflow on this machine, without containers around the steps and without the
 * network. The runner label `ubuntu-latest` is this machine.
 */
export async function runAct(request: ActRequest): Promise<ActRun> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-act-'));
  const secretFile = join(folder, 'secrets');
  await writeFile(secretFile, dotenv(request.secrets), { mode: 0o600 });
  try {
    return await act(request, folder, secretFile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function act(
  {
    repository,
    workflow,
    tree,
    refs,
    standIns = {},
    env,
    github = {},
    event = 'push',
    inputs = {},
    ignored = false,
    onLine,
  }: ActRequest,
  folder: string,
  secretFile: string,
): Promise<ActRun> {
  const args = [
    event,
    `--use-gitignore=${!ignored}`,
    '--workflows',
    workflow,
    '--platform',
    'ubuntu-latest=-self-hosted',
    ...Object.entries(inputs).flatMap(([key, value]) => ['--input', `${key}=${value}`]),
    ...Object.entries(github).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...refs.flatMap((ref) => ['--local-repository', `${ref}=${tree}`]),
    ...Object.entries(standIns).flatMap((pair) => ['--local-repository', pair.join('=')]),
    '--action-offline-mode',
    '--action-cache-path',
    join(folder, 'cache'),
    '--no-cache-server',
    '--secret-file',
    secretFile,
    '--pull=false',
    '--json',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(find(['act']), args, {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const lines: string[] = [];
    const summaries: string[] = [];
    let rest = '';
    const take = (chunk: string) => {
      const whole = (rest + chunk).split('\n');
      rest = whole.pop() ?? '';
      for (const line of whole) {
        const { text, summary } = readRecord(line);
        if (summary !== undefined) summaries.push(summary);
        if (text === '') continue;
        lines.push(text);
        onLine?.(text);
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, log: lines.join('\n'), summaries }));
  });
}

// With --json each line is a record: what a step printed, or a summary of one.
// Source: pkg/runner/step.go and pkg/runner/logger.go of act
function readRecord(line: string): { text: string; summary?: string } {
  let record: Record<string, unknown>;
  try {
    record = Object(JSON.parse(line));
  } catch {
    return { text: line };
  }
  const { job = '', msg = '', command, content } = record;
  if (command === 'summary') return { text: '', summary: String(content) };
  return { text: `[${job}] ${String(msg).trimEnd()}` };
}

function dotenv(secrets: Readonly<Record<string, string>>): string {
  const quoted = (value: string) =>
    value
      .replaceAll('\\', '\\\\')
      .replaceAll('"', '\\"')
      .replaceAll('\n', '\\n')
      .replaceAll('$', '\\$');
  return Object.entries(secrets)
    .map(([key, value]) => `${key}="${quoted(value)}"\n`)
    .join('');
}

import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
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
  secrets: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  onLine?(line: string): void;
}

/**
 * Runs a workflow as a push on this machine, without containers around the steps and without the
 * network. The runner label `ubuntu-latest` is this machine.
 */
export async function runAct(request: ActRequest): Promise<ActRun> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-act-'));
  const summaries = join(folder, 'summaries');
  const bin = join(folder, 'bin');
  await mkdir(summaries);
  await mkdir(bin);
  await keepSummaries(bin);
  const secretFile = join(folder, 'secrets');
  await writeFile(secretFile, dotenv(request.secrets), { mode: 0o600 });
  try {
    const { code, log } = await act(request, folder, secretFile, {
      ...process.env,
      ...request.env,
      PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
      SLIPWAY_SUMMARIES: summaries,
    });
    const names = (await readdir(summaries)).sort();
    const texts = await Promise.all(names.map((name) => readFile(join(summaries, name), 'utf8')));
    return { code, log, summaries: texts };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function act(
  { repository, workflow, tree, refs, onLine }: ActRequest,
  folder: string,
  secretFile: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; log: string }> {
  const args = [
    'push',
    '--workflows',
    workflow,
    '--platform',
    'ubuntu-latest=-self-hosted',
    ...refs.flatMap((ref) => ['--local-repository', `${ref}=${tree}`]),
    '--action-offline-mode',
    '--action-cache-path',
    join(folder, 'cache'),
    '--no-cache-server',
    '--secret-file',
    secretFile,
    '--pull=false',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(find(['act']), args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    let rest = '';
    const take = (chunk: string) => {
      log += chunk;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, log }));
  });
}

// act removes the summaries of its steps with their job. It takes `node` from PATH, so a node that
// copies the summary when the step is over keeps them; the step itself is untouched.
async function keepSummaries(bin: string): Promise<void> {
  const node = join(bin, 'node');
  await writeFile(
    node,
    `#!/bin/sh
${quote(process.execPath)} "$@"
code=$?
if [ -n "$GITHUB_STEP_SUMMARY" ] && [ -s "$GITHUB_STEP_SUMMARY" ]; then
  cp "$GITHUB_STEP_SUMMARY" "$SLIPWAY_SUMMARIES/$(date +%s%N).md"
fi
exit $code
`,
  );
  await chmod(node, 0o755);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
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

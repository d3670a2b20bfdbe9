import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder as the GitHub runner prepares it for one step, and what came out of it. */
export interface Runner extends AsyncDisposable {
  workspace: string;
  temp: string;
  env: Record<string, string>;
  /** Starts a built bundle as the runner would. */
  start(
    bundle: string,
    inputs: Readonly<Record<string, string>>,
    env?: Record<string, string>,
  ): Step;
}

/** A step that runs. */
export interface Step {
  pid: number;
  /** What it has printed so far, stdout and stderr in one. */
  log(): string;
  /** Resolves once the log has a match. Rejects when the step ends before. */
  saw(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  done: Promise<StepResult>;
}

/** How a step ended. */
export interface StepResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  log: string;
  outputs: Record<string, string>;
  summary: string;
  /** `::error` annotations: title and text, unescaped. */
  errors: Array<{ title: string; text: string }>;
  warnings: Array<{ title: string; text: string }>;
  masks: string[];
  /** Milliseconds. */
  ms: number;
}

/** What the event file and the variables of a run say. */
export interface RunFacts {
  repository?: string;
  ref?: string;
  sha?: string;
  eventName?: string;
  event?: unknown;
  /** The Node that runs the steps; that of the test when not given. */
  node?: string;
}

/** Makes a runner's folder: workspace, temp, command files, event file. */
export async function makeRunner(facts: RunFacts = {}): Promise<Runner> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-runner-'));
  const workspace = join(folder, 'workspace');
  const temp = join(folder, 'temp');
  await mkdir(workspace);
  await mkdir(temp);
  const event = join(folder, 'event.json');
  await writeFile(
    event,
    JSON.stringify(facts.event ?? { repository: { default_branch: 'main', private: false } }),
  );
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    GITHUB_REPOSITORY: facts.repository ?? 'octo/shop',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REF: facts.ref ?? 'refs/heads/main',
    GITHUB_SHA: facts.sha ?? '0123456789abcdef0123456789abcdef01234567',
    GITHUB_EVENT_NAME: facts.eventName ?? 'push',
    GITHUB_EVENT_PATH: event,
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'octocat',
    RUNNER_TEMP: temp,
    TMPDIR: temp,
    RUNNER_OS: 'Linux',
  };
  let steps = 0;
  return {
    workspace,
    temp,
    env,
    start(bundle, inputs, more = {}) {
      steps += 1;
      const files = join(folder, `step-${steps}`);
      return startStep(files, [facts.node ?? process.execPath, bundle], inputs, {
        ...env,
        ...more,
      });
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function startStep(
  files: string,
  [node, bundle]: readonly [node: string, bundle: string],
  inputs: Readonly<Record<string, string>>,
  env: Record<string, string>,
): Step {
  // As the runner does, which makes both files.
  for (const file of [`${files}-output`, `${files}-summary`]) {
    if (!existsSync(file)) writeFileSync(file, '');
  }
  const begin = performance.now();
  const child = spawn(node, [bundle], {
    cwd: env['GITHUB_WORKSPACE'],
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...env,
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
      ),
      GITHUB_OUTPUT: `${files}-output`,
      GITHUB_STEP_SUMMARY: `${files}-summary`,
    },
  });
  let log = '';
  const watchers = new Set<() => void>();
  const take = (chunk: Buffer) => {
    log += chunk.toString();
    for (const look of watchers) look();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  let over = false;
  const done = new Promise<StepResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', async (code, signal) => {
      over = true;
      for (const look of watchers) look();
      resolve({
        code,
        signal,
        log,
        outputs: readOutputs(await readFile(`${files}-output`, 'utf8').catch(() => '')),
        summary: await readFile(`${files}-summary`, 'utf8').catch(() => ''),
        errors: annotations(log, 'error'),
        warnings: annotations(log, 'warning'),
        masks: [...log.matchAll(/^::add-mask::(.*)$/gm)].map(([, value = '']) => plain(value)),
        ms: performance.now() - begin,
      });
    });
  });
  return {
    pid: child.pid ?? 0,
    log: () => log,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (pattern.test(log)) resolve();
          else if (over) reject(new Error(`the step ended without ${pattern}:\n${log}`));
          else return;
          watchers.delete(look);
        };
        watchers.add(look);
        look();
      }),
    kill: (signal) => void child.kill(signal),
    done,
  };
}

function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  for (const [, name = '', , value = ''] of text.matchAll(/^([\w-]+)<<(\S+)\n([\s\S]*?)\n\2$/gm)) {
    outputs[name] = value;
  }
  return outputs;
}

function annotations(log: string, kind: string): Array<{ title: string; text: string }> {
  return [...log.matchAll(new RegExp(`^::${kind} title=([^:]*)::(.*)$`, 'gm'))].map(
    ([, title = '', text = '']) => ({ title: plain(title), text: plain(text) }),
  );
}

function plain(text: string): string {
  return text
    .replaceAll('%0A', '\n')
    .replaceAll('%0D', '\r')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ProgramResult, type RunProgram, runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { systemClock } from '@slipway/shared/time/clock';
import { renderFolder } from '../../../src/manifests/render/render-folder.ts';

let workspace = '';
let folder = '';

beforeEach(() => {
  workspace = realpathSync(mkdtempSync(join(tmpdir(), 'render-')));
  folder = join(workspace, 'k8s');
  mkdirSync(folder);
});

interface Call {
  command: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
}

/** Programs that are installed, with what they answer. */
function programs(installed: Readonly<Record<string, Partial<ProgramResult>>>) {
  const calls: Call[] = [];
  const run: RunProgram = async (command, args, { env }) => {
    calls.push({ command, args, env });
    const answer = installed[command];
    if (!answer) throw Object.assign(new Error('spawn ENOENT'), { code: 'ENOENT' });
    return { code: 0, signal: null, stdout: '', stderr: '', ...answer };
  };
  return { calls, run };
}

function render(run: RunProgram, env: Call['env'] = {}): Promise<string | undefined> {
  const rendering = {
    run,
    env,
    workspace,
    clock: systemClock,
    values: ['/w/values.yaml'],
    namespace: 'shop',
  };
  return renderFolder(folder, rendering, new AbortController().signal);
}

async function refusal(run: RunProgram): Promise<string> {
  try {
    await render(run);
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

const kustomization = () => writeFileSync(join(folder, 'kustomization.yaml'), 'resources: []\n');
const chart = (text = 'name: shop\nversion: 1.0.0\n') =>
  writeFileSync(join(folder, 'Chart.yaml'), text);

describe('a folder with a kustomization', () => {
  it.each([
    ['kustomize', ['build']],
    ['kubectl', ['kustomize']],
  ])('is rendered by %s', async (program, words) => {
    kustomization();
    const { calls, run } = programs({ [program]: { stdout: 'a: b\n' } });
    expect(await render(run)).toBe('a: b\n');
    expect(calls.at(-1)).toMatchObject({ command: program, args: [...words, folder] });
  });

  it('is refused where no program is installed', async () => {
    kustomization();
    expect(await refusal(programs({}).run)).toBe(
      'k8s/no-renderer: k8s in manifests has to be rendered by kustomize or kubectl, which is not installed on the runner.',
    );
  });

  it('is refused in the words of the program', async () => {
    kustomization();
    const stderr = '# Warning\nError: no such file base\n';
    expect(await refusal(programs({ kustomize: { code: 1, stderr } }).run)).toBe(
      'k8s/render: kustomize could not render k8s: # Warning Error: no such file base.',
    );
  });
});

describe('a folder with a chart', () => {
  it('is rendered by helm with the values, called as the chart', async () => {
    chart();
    const { calls, run } = programs({ helm: { stdout: 'a: b\n' } });
    expect(await render(run)).toBe('a: b\n');
    expect(calls[0]?.args).toEqual([
      'template',
      'shop',
      folder,
      '--namespace',
      'shop',
      '--include-crds',
      '--skip-tests',
      '--values',
      '/w/values.yaml',
    ]);
  });

  it('is refused where helm is not installed', async () => {
    chart();
    expect(await refusal(programs({}).run)).toContain('rendered by helm, which is not installed');
  });

  it.each([
    [
      'a name that is an option',
      'name: --post-renderer=x\n',
      'has no name that a release can have',
    ],
    ['no YAML', 'name: [\n', 'is neither JSON nor YAML'],
  ])('is refused with %s', async (_, text, words) => {
    chart(text);
    await expect(render(programs({ helm: {} }).run)).rejects.toThrow(words);
  });
});

describe('a program', () => {
  it('gets neither inputs nor tokens of the job', async () => {
    kustomization();
    const { calls, run } = programs({ kustomize: {} });
    await render(run, {
      PATH: '/bin',
      https_proxy: 'http://proxy',
      INPUT_SECRETS: 'A=hidden',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hidden',
      KUBECONFIG: '/secret',
      HELM_KUBETOKEN: 'hidden',
    });
    expect(calls[0]?.env).toEqual({ PATH: '/bin', https_proxy: 'http://proxy' });
  });

  it('that writes without end is stopped', async () => {
    kustomization();
    const endless: RunProgram = (_, __, options) =>
      runProgram(
        process.execPath,
        ['-e', 'for (;;) try { fs.writeSync(1, "x".repeat(1e5)) } catch {}'],
        options,
      );
    expect(await refusal(endless)).toBe(
      'k8s/render: kustomize could not render k8s: it wrote more than 8 MiB.',
    );
  });
});

describe('a folder of plain manifests', () => {
  it('is not rendered', async () => {
    writeFileSync(join(folder, 'a.yaml'), 'a: b\n');
    const { calls, run } = programs({});
    expect(await render(run)).toBeUndefined();
    expect(calls).toEqual([]);
  });
});

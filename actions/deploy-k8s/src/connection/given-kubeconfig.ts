import { readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { leadsInside } from '@slipway/shared/action/path-input';
import type { Environment } from '@slipway/shared/exec/environment';
import { messageOf } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';
import {
  bad,
  folderOf,
  type Kubeconfig,
  type KubeconfigSource,
  longestKubeconfig,
  merged,
  readKubeconfig,
} from './kubeconfig-file.ts';
import { kubeconfigSecrets } from './kubeconfig-secrets.ts';

/** Where a kubeconfig may be, and who hides what is secret in it. */
export interface KubeconfigPlaces {
  /** Text of the input. */
  text: string | undefined;
  env: Environment;
  mask(secret: string): void;
}

/**
 * The kubeconfig of the input, or else that of the files in KUBECONFIG. `~/.kube/config` is not read:
 * on a runner that serves several jobs it is another one's.
 * @returns undefined where there is neither
 * @throws Failure `k8s/kubeconfig`
 */
export async function givenKubeconfig(o: KubeconfigPlaces): Promise<Kubeconfig | undefined> {
  if (o.text !== undefined) {
    hide(o.text, o);
    const source = { from: 'Input kubeconfig', folder: undefined, checkout: undefined };
    return readKubeconfig(o.text, source);
  }
  const paths = (o.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  if (paths.length === 0) return undefined;
  const files: Kubeconfig[] = [];
  for (const path of new Set(paths)) {
    const text = textOf(path);
    if (text === undefined) continue;
    hide(text, o);
    files.push(await readKubeconfig(text, sourceOf(path, o.env)));
  }
  const [first, ...others] = files;
  if (first) return merged([first, ...others]);
  throw bad({ from: 'KUBECONFIG' }, `there is no file ${paths.join(', ')}`);
}

function hide(text: string, { mask }: KubeconfigPlaces): void {
  for (const secret of kubeconfigSecrets(text)) mask(secret);
}

// One that is not there is left out, as kubectl does.
function textOf(path: string): string | undefined {
  const from = `The kubeconfig ${path}`;
  try {
    const { size } = statSync(path);
    if (size > longestKubeconfig)
      throw bad({ from }, `it is longer than ${longestKubeconfig} bytes`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (textField(error, 'code') === 'ENOENT') return undefined;
    if (textField(error, 'syscall') === undefined) throw error;
    throw bad({ from }, messageOf(error), error);
  }
}

// A link in the checkout may be anybody's, wherever it leads; and so is what a link from outside leads to.
function sourceOf(path: string, env: Environment): KubeconfigSource {
  const workspace = env['GITHUB_WORKSPACE'] || process.cwd();
  const isInside =
    leadsInside(resolve(workspace), resolve(path)) ||
    leadsInside(realpathSync(workspace), realpathSync(path));
  return {
    from: `The kubeconfig ${path}`,
    folder: folderOf(path),
    checkout: isInside ? workspace : undefined,
  };
}

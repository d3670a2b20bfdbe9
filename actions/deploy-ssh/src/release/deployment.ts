import { realPathIn } from '@slipway/shared/action/path-input';
import type { Run } from '@slipway/shared/action/run';
import { type Deployment, type ModeContext, openHosts } from '../deployment.ts';
import { proveTogetherAt } from '../host/proof.ts';
import type { ReleaseFiles } from '../host/release-files.ts';
import { stepsOf } from '../host/steps.ts';
import { inputFailure } from '../input-failure.ts';
import { openKey, openKeys } from '../keys/open-key.ts';
import type { manifest } from '../manifest.ts';
import { workspaceOf } from '../settings.ts';
import { releaseTarget, type Switch } from './target.ts';

/** Opens a deployment of files: of a folder that is uploaded, or of a commit. */
export async function releaseDeployment(context: ModeContext): Promise<Deployment> {
  const { settings, health, env, lock } = context;
  // Before a folder is read: a passphrase that does not fit is found at once.
  const keys = await openKeys(settings);
  const files = settings.release === undefined ? await filesOf(context) : undefined;
  const url = settings['health-url'];
  const local = url !== undefined && isOnHost(url);
  const proveTogether = proveTogetherAt(local ? undefined : url, health);
  return openHosts<Switch>(context, keys, proveTogether, (tools) =>
    releaseTarget(
      {
        path: settings.path,
        files,
        rollbackTo: settings.release,
        env,
        shared: settings.shared ?? [],
        steps: stepsOf(settings),
        healthUrl: local ? url : undefined,
        health,
        commit: context.commit,
        nameRelease: context.nameRelease,
        keep: settings.keep,
        lock,
      },
      tools,
    ),
  );
}

async function filesOf({ settings, run }: ModeContext): Promise<ReleaseFiles> {
  const { git } = settings;
  if (git) {
    const { gitFiles } = await import('../git/git-files.ts');
    const deployKey = git.deployKey && (await openKey(git.deployKey, 'deploy-key'));
    const access = { deployKey, token: git.token, pins: settings['known-hosts'] ?? [] };
    const warn = (words: string) => run.commands.warning(words, 'deploy-ssh: Git LFS');
    return gitFiles({ ...git, submodules: settings.submodules, access, warn });
  }
  const { readTree } = await import('../upload/read-tree.ts');
  const { uploadedFiles } = await import('../upload/uploaded-files.ts');
  const source = settings.source ?? '.';
  return uploadedFiles(await readTree(folderOf(source, run), run.signal), source);
}

function folderOf(source: string, { env }: Run<typeof manifest>): string {
  const folder = realPathIn([workspaceOf({ env })], source);
  if (folder !== undefined) return folder;
  throw inputFailure('source', `names ${source}, which leads out of the workspace`, 'dist');
}

/** Whether an address means the host itself: it is asked there, not from the runner. */
export function isOnHost({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

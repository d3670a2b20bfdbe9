import { resolve } from 'node:path';
import type { Run } from '@slipway/shared/action/run';
import { type Deployment, type Means, openFleet } from './deployment.ts';
import type { FleetSettings } from './fleet.ts';
import type { manifest } from './manifest.ts';
import { openKey } from './open-key.ts';
import { proveAt } from './proof.ts';
import { releaseSite, type Switched } from './release-site.ts';
import { stepsOf } from './steps.ts';
import { readTree } from './upload/read-tree.ts';

type Change = { release: Switched };

/** Opens a deployment in mode `release`: reads the folder that is uploaded, once for all hosts. */
export async function releaseDeployment(means: Means): Promise<Deployment> {
  const { settings, run, expected, clock, env, lock } = means;
  // Before the folder is read: a passphrase that does not fit is found at once.
  const key = await openKey(settings.key);
  const tree = await readTree(folderOf(settings.source ?? '.', run), run.signal);
  const url = settings['health-url'];
  const local = url !== undefined && isOnHost(url);
  const proveTogether: FleetSettings['proveTogether'] =
    url && !local
      ? (direction, signal) => proveAt(url, expected, { clock, fetch }, direction, signal)
      : undefined;
  return openFleet<Change>(means, key, proveTogether, (tools) =>
    releaseSite(
      {
        path: settings.path,
        tree,
        env,
        shared: settings.shared ?? [],
        steps: stepsOf(settings),
        healthUrl: local ? url : undefined,
        expected,
        commit: run.github.sha,
        nameRelease: means.nameRelease,
        keep: settings.keep,
        timeout: settings.timeout,
        lock,
      },
      tools,
    ),
  );
}

function folderOf(source: string, { env }: Run<typeof manifest>): string {
  return resolve(env['GITHUB_WORKSPACE'] || '.', source);
}

/** Whether an address means the host itself: it is asked there, not from the runner. */
export function isOnHost({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

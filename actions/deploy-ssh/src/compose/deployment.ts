import { httpFetch } from '@slipway/shared/http/fetch';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { type ResolvedImage, resolveImage } from '@slipway/shared/image/resolve-image';
import { type Deployment, type ModeContext, openHosts } from '../deployment.ts';
import { proveTogetherAt } from '../host/proof.ts';
import { stepsOf } from '../host/steps.ts';
import { openKeys } from '../keys/open-key.ts';
import type { Settings } from '../settings.ts';
import type { ComposeRelease } from './releases.ts';
import { readSource } from './source.ts';
import { type ComposeChange, composeTarget } from './target.ts';

/** Opens a deployment in mode `compose`: of a new release, or of one that the hosts have. */
export async function composeDeployment(context: ModeContext): Promise<Deployment> {
  const { settings, run, health, lock } = context;
  const source = settings.source ?? 'compose.yaml';
  // Before the registry is asked: a passphrase that does not fit is found at once.
  const keys = await openKeys(settings);
  const made = settings.release === undefined ? await newRelease(source, context) : undefined;
  const url = settings['health-url'];
  const proveTogether = proveTogetherAt(url, health);
  return openHosts<ComposeChange>(context, keys, proveTogether, (tools) =>
    composeTarget(
      {
        path: settings.path,
        source,
        release: made?.release,
        rollbackTo: settings.release,
        nameRelease: context.nameRelease,
        pull: loginOf(settings),
        healthPath: settings['health-path'],
        askedTogether: url !== undefined,
        health,
        keep: settings.keep,
        steps: stepsOf(settings),
        commit: run.github.sha,
        lock,
      },
      { ...tools, image: made?.image },
    ),
  );
}

/** Reads the Compose file, and resolves the image to a digest. */
async function newRelease(
  source: string,
  context: ModeContext,
): Promise<{ release: ComposeRelease; image: ResolvedImage }> {
  const { settings, run, env, clock } = context;
  const composeFile = await readSource(source, run.env);
  const reference = settings.image;
  if (!reference) throw new Error('image was not checked');
  const { info: say } = run.commands;
  const folder = dockerConfigFolder(run.env);
  const image = await resolveImage(reference, {
    fetch: httpFetch,
    clock,
    signal: run.signal,
    credentials: (registry) => credentialsFor(registry, loginOf(settings), folder, say),
    say,
  });
  return { release: { composeFile, image: image.name, env }, image };
}

function loginOf(settings: Settings): { username: string; password: string } | undefined {
  const [username, password] = [settings['registry-username'], settings['registry-password']];
  return username === undefined || password === undefined ? undefined : { username, password };
}

import type { Run } from '@slipway/shared/action/run';
import { patiently } from '@slipway/shared/deploy/patience';
import { type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { httpFetch } from '@slipway/shared/http/fetch';
import { acrCredentials } from '@slipway/shared/identity/azure';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { registryHost } from '@slipway/shared/identity/registry-host';
import type { RegistryAuth } from '@slipway/shared/image/credentials';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import type { ImageReference } from '@slipway/shared/image/reference';
import { type ResolvedImage, resolveImage } from '@slipway/shared/image/resolve-image';
import type { Clock } from '@slipway/shared/time/clock';
import type { AciApi, Usage } from './api/aci-api.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { prepareGroup } from './group/prepare.ts';
import { restorable } from './group/restorable.ts';
import type { AzureAccess } from './identity.ts';
import type { manifest } from './manifest.ts';
import type { GroupParts } from './parts.ts';
import { GroupWatch } from './rollout/group-state.ts';
import { RunBefore } from './run-before/run-before.ts';
import type { Settings } from './settings.ts';

/** What the parts of a run are made of. */
export interface Composition {
  settings: Settings;
  /** The document of input `spec`. */
  spec: JsonObject | undefined;
  run: Run<typeof manifest>;
  access: AzureAccess;
  clock: Clock;
  api: AciApi;
}

/** Puts the parts of a run together. */
export function composeParts(o: Composition): GroupParts {
  const { api, clock, run, settings, spec } = o;
  const { commands, github, signal } = run;
  const resource = settings['resource-group'];
  const name = { resourceGroup: resource, name: settings.name };
  const command = settings['run-before'];
  return {
    settings,
    clock,
    signal,
    commands,
    api,
    fetch: httpFetch,
    release: { commit: github.sha, run: github.runUrl },
    async prepare(live, within) {
      const known = (live && textIn(live, 'location')) ?? settings.location;
      const location =
        known ?? (await patiently(() => api.locationOf(resource, within), { clock }, within));
      const resolved = (image: ImageReference) => resolve(o, image, within);
      return prepareGroup({ settings, spec, live, location, resolve: resolved }, within);
    },
    restorable: (live) => restorable(live, { settings, spec }),
    usages: (location, within) => usagesIfTold(o, location, within),
    watch: (change) => new GroupWatch({ clock, ...change }),
    ...(command && { migrate: new RunBefore({ name, command }, { api, clock, commands }) }),
    diagnose: ({ before, group }, within) => diagnose({ api, clock, name: group, before }, within),
  };
}

/** A quota that must not be read is found out by the write, in Azure's words. */
async function usagesIfTold(
  { api, clock, run }: Composition,
  location: string,
  signal: AbortSignal,
): Promise<readonly Usage[]> {
  try {
    return await patiently(() => api.usages(location, signal), { clock }, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error;
    run.commands.info(`The quotas of ${location} were not checked: ${error.message}`);
    return [];
  }
}

/** A registry of Azure is asked as whoever the run is; every other one by its login. */
function resolve(
  o: Composition,
  image: ImageReference,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { access, clock, run, settings } = o;
  const { info: say } = run.commands;
  const { 'registry-password': password, 'registry-username': username } = settings;
  const folder = dockerConfigFolder(run.env);
  return resolveImage(image, {
    fetch: httpFetch,
    clock,
    signal,
    say,
    credentials: async (registry): Promise<RegistryAuth | undefined> => {
      if (username && password) return { username, password };
      const { provider } = registryHost(registry);
      if (provider !== 'acr') return credentialsFor(registry, undefined, folder, say);
      return acrCredentials({ registry, identity: access.identity }, access.context);
    },
  });
}

import type { Run } from '@slipway/shared/action/run';
import { patiently } from '@slipway/shared/deploy/patience';
import { objectsIn } from '@slipway/shared/document/json-object';
import { httpFetch } from '@slipway/shared/http/fetch';
import { ecrCredentials } from '@slipway/shared/identity/aws';
import { credentialsFor } from '@slipway/shared/identity/docker-login';
import { registryHost } from '@slipway/shared/identity/registry-host';
import { dockerConfigFolder } from '@slipway/shared/image/docker-folder';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import { type ResolvedImage, resolveImage } from '@slipway/shared/image/resolve-image';
import type { Clock } from '@slipway/shared/time/clock';
import { addressOf } from './address.ts';
import type { EcsApi } from './api/ecs-api.ts';
import type { LoadBalancingApi } from './api/load-balancing.ts';
import type { LogsApi } from './api/logs.ts';
import { decisiveFailure } from './diagnosis/decisive-failure.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { targetsAgainst } from './diagnosis/targets-against.ts';
import type { AwsAccess } from './identity.ts';
import type { manifest } from './manifest.ts';
import type { ServiceParts } from './parts.ts';
import { readService } from './rollout/read-service.ts';
import type { Settings } from './settings.ts';
import { RunBefore } from './task/run-before.ts';
import { prepareTaskDefinition } from './task-definition/prepare.ts';
import type { GivenDocuments, PreparedTaskDefinition } from './task-definition/prepared.ts';
import { registerTaskDefinition } from './task-definition/register.ts';
import { deregisterOldRevisions } from './task-definition/revisions.ts';
import { serviceDocument } from './task-definition/service-definition.ts';

/** What the parts of a run are made of. */
export interface Composition {
  settings: Settings;
  given: GivenDocuments;
  run: Run<typeof manifest>;
  access: AwsAccess;
  clock: Clock;
  api: EcsApi;
  balancing: LoadBalancingApi;
  logs: LogsApi;
}

/** Puts the parts of a run together. */
export function composeParts(o: Composition): ServiceParts {
  const { api, balancing, clock, given, logs, run, settings } = o;
  const { cluster, service } = settings;
  const { 'keep-revisions': keep, 'run-before': command } = settings;
  const began = clock.now();
  let before: RunBefore | undefined;
  // A run that waits for another deployment prepares at each look: its tag is resolved once.
  const resolved = new Map<string, ResolvedImage>();
  const resolveOnce = async (image: ImageReference, signal: AbortSignal) => {
    const name = formatReference(image);
    const known = resolved.get(name) ?? (await resolve(o, image, signal));
    resolved.set(name, known);
    return known;
  };
  return {
    settings,
    clock,
    signal: run.signal,
    commands: run.commands,
    api,
    prepare: (found, by, signal) =>
      prepareTaskDefinition(
        { settings, given, api: by, service: found, resolve: resolveOnce },
        signal,
      ),
    register: registerTaskDefinition,
    createDocument: () => serviceDocument(given.serviceDefinition ?? {}, settings),
    ...(keep !== undefined && {
      tidyRevisions: (used, by, signal) =>
        deregisterOldRevisions({ api: by, keep, say: run.commands.info }, used, signal),
    }),
    addressOf: (asked, name, signal) =>
      patiently(
        async () => {
          const needed = asked.url === undefined && asked.path !== undefined;
          const found = needed ? await readService(api, name, signal) : undefined;
          return addressOf(asked, { service: found, balancing, fetch: httpFetch }, signal);
        },
        { clock },
        signal,
      ),
    decisiveFailure,
    targetsAgainst: (about, signal) => targetsAgainst(balancing, about, signal),
    hasHealthCheck,
    ...(command && {
      migrate: async ({ prepared, service: found }, taskDefinition, signal) => {
        const { 'run-before-container': named } = settings;
        before = new RunBefore(
          {
            cluster,
            service: found ?? given.serviceDefinition ?? {},
            taskDefinition,
            container: named ?? prepared.container,
            command,
            token: attemptOf(run, service),
          },
          { api, logs, clock, commands: run.commands },
        );
        await before.run(signal);
      },
    }),
    diagnose: async ({ deployment, phase }, signal) => {
      if (phase === 'migrate' && before) return before.evidence;
      if (!deployment || phase !== 'rollout') return { facts: [], logs: [] };
      const failed = { cluster, service, deployment, since: began };
      return diagnose({ ...failed, api, logs, targets: balancing, clock }, signal);
    },
  };
}

/** The registry of the account is asked as whoever the run is; every other one by its `docker login`. */
function resolve(
  { access, clock, run }: Composition,
  reference: ImageReference,
  signal: AbortSignal,
): Promise<ResolvedImage> {
  const { context, identity, region } = access;
  const { info: say } = run.commands;
  const folder = dockerConfigFolder(run.env);
  return resolveImage(reference, {
    fetch: httpFetch,
    clock,
    signal,
    say,
    credentials: (registry) =>
      registryHost(registry).provider === 'ecr'
        ? ecrCredentials({ registry, region, identity }, context)
        : credentialsFor(registry, undefined, folder, say),
  });
}

function hasHealthCheck(prepared: PreparedTaskDefinition | undefined): boolean {
  const containers = prepared ? objectsIn(prepared.document, 'containerDefinitions') : [];
  return containers.some((container) => 'healthCheck' in container);
}

/** Names one attempt of one job: two jobs of a run may deploy the same task definition. */
function attemptOf({ env, github }: Composition['run'], service: string): string {
  const { repository, runAttempt, runId } = github;
  return [repository, runId, runAttempt, env['GITHUB_JOB'], service].join(' ');
}

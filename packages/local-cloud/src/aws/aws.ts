import { randomBytes } from 'node:crypto';
import type { Answer, Handler } from '../http/exchange.ts';
import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { machineClock } from '../timeline.ts';
import { Repositories } from './ecr/repositories.ts';
import { ecrService } from './ecr.ts';
import { ecrPublicService } from './ecr-public.ts';
import { ecsService } from './ecs/ecs.ts';
import { virtualEcs } from './ecs/virtual/virtual-ecs.ts';
import type { EcsWorlds } from './ecs/world.ts';
import { callerOfToken } from './eks/authenticator.ts';
import { type EksCluster, eksService } from './eks/eks.ts';
import { elbv2Service } from './elbv2/elbv2.ts';
import { logsService } from './logs/logs.ts';
import { Permissions } from './permissions.ts';
import { type AwsSeed, demoAws } from './seed.ts';
import { type Session, Sessions } from './sessions.ts';
import { stsService } from './sts.ts';

/** The services of AWS, each on a port of its own. */
export const awsServices = ['sts', 'ecr', 'ecr-public', 'ecs', 'eks', 'elbv2', 'logs'] as const;
export type AwsService = (typeof awsServices)[number];

/** An emulated AWS that listens on loopback. */
export interface Aws extends AsyncDisposable {
  /** What a run must have in its environment to find it. */
  env: Readonly<Record<string, string>>;
  faults: Faults<AwsService>;
  /** Credentials of a role for an hour, without asking STS for them. */
  credentials(role: string): Pick<Session, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
  /** Ends every session that there is. */
  expire(): void;
  /** What the roles may do, and every call that they made. */
  permissions: Permissions;
  /** URIs of the repositories that exist in ECR, private and public. */
  ecrRepositories(): string[];
  /** What exists in ECS, load balancing and logs, by account and region. */
  ecs: EcsWorlds;
  /** Clusters of EKS; a test adds its own. */
  eks: EksCluster[];
  /** ARN of the session that a token of a cluster of EKS is from; undefined where it is not taken. */
  eksCaller(token: string, cluster: string): Promise<string | undefined>;
}

export interface AwsOptions {
  seed?: AwsSeed;
  /** URL of the OIDC issuer that the accounts trust; none: no account has an OIDC provider. */
  issuer?: string;
  faults?: Faults<AwsService>;
  /** Milliseconds since the epoch; every answer says it in its header `date`. */
  now?: () => number;
  /** How long a session of STS lasts that asks for no duration, in seconds. */
  sessionSeconds?: number;
  /** What runs tasks, and how long things take; scripts at the documented pace by default. */
  ecs?: EcsWorlds;
  /** Whether ECS takes only as many requests as it documents, by the clock of its tasks; it does. */
  throttled?: boolean;
}

/** Starts AWS. */
export async function startAws({
  seed = demoAws(),
  issuer,
  faults = new Faults(),
  now = Date.now,
  ecs: worlds = virtualEcs({ clock: { ...machineClock, now } }).worlds,
  throttled = true,
  sessionSeconds,
}: AwsOptions = {}): Promise<Aws> {
  await using sockets = new AsyncDisposableStack();
  const sessions = new Sessions();
  const repositories = new Repositories();
  const password = seed.registryPassword ?? randomBytes(48).toString('base64url');
  const permissions = new Permissions();
  const parts = { sessions, permissions, now };
  const ecrParts = { ...parts, repositories, password };
  const started = async (service: AwsService, handler: Handler) =>
    sockets.use(await serve(service, dated(handler, now), faults));
  const sts = await started('sts', stsService({ ...parts, seed, issuer, sessionSeconds }));
  const ecr = await started('ecr', ecrService(ecrParts));
  const ecrPublic = await started('ecr-public', ecrPublicService(ecrParts));
  const ecs = await started('ecs', ecsService({ ...parts, worlds, throttled }));
  const clusters: EksCluster[] = [];
  const eks = await started('eks', eksService({ ...parts, clusters }));
  const elbv2 = await started('elbv2', elbv2Service({ ...parts, worlds }));
  const logs = await started('logs', logsService({ ...parts, worlds }));
  const opened = sockets.move();
  return {
    env: {
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ENDPOINT_URL_ECR: ecr.url,
      AWS_ENDPOINT_URL_ECR_PUBLIC: ecrPublic.url,
      AWS_ENDPOINT_URL_ECS: ecs.url,
      AWS_ENDPOINT_URL_EKS: eks.url,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: elbv2.url,
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url,
    },
    faults,
    credentials(role) {
      const found = seed.roles.find(({ arn }) => arn === role);
      if (!found) throw new Error(`The seed has no role ${role}`);
      const session = sessions.create(found, 'session', now() + 3_600_000);
      const { accessKeyId, secretAccessKey, sessionToken } = session;
      return { accessKeyId, secretAccessKey, sessionToken };
    },
    expire: () => sessions.expire(now()),
    permissions,
    ecrRepositories: () => repositories.all().map(({ repositoryUri }) => repositoryUri),
    ecs: worlds,
    eks: clusters,
    eksCaller: (token, cluster) => callerOfToken(token, { cluster, sts: sts.url }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

// By this header a client finds out that its own clock is wrong.
function dated(handler: Handler, now: () => number): Handler {
  return async (request): Promise<Answer> => {
    const answer = await handler(request);
    return { ...answer, headers: { ...answer.headers, date: new Date(now()).toUTCString() } };
  };
}

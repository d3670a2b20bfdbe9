import { randomBytes } from 'node:crypto';
import { Faults } from '../http/faults.ts';
import { serve } from '../http/serve.ts';
import { machineClock } from '../timeline.ts';
import { Repositories } from './ecr/repositories.ts';
import { ecrService } from './ecr.ts';
import { ecrPublicService } from './ecr-public.ts';
import { ecsService } from './ecs/ecs.ts';
import { virtualEcs } from './ecs/virtual/virtual-ecs.ts';
import type { EcsWorlds } from './ecs/world.ts';
import { elbv2Service } from './elbv2/elbv2.ts';
import { logsService } from './logs/logs.ts';
import { Permissions } from './permissions.ts';
import { type AwsSeed, demoAws } from './seed.ts';
import { type Session, Sessions } from './sessions.ts';
import { stsService } from './sts.ts';

/** The services of AWS, each on a port of its own. */
export const awsServices = ['sts', 'ecr', 'ecr-public', 'ecs', 'elbv2', 'logs'] as const;
export type AwsService = (typeof awsServices)[number];

/** An emulated AWS that listens on loopback. */
export interface Aws extends AsyncDisposable {
  /** What a run must have in its environment to find it. */
  env: Readonly<Record<string, string>>;
  faults: Faults<AwsService>;
  /** Credentials of a role for an hour, without asking STS for them. */
  credentials(role: string): Pick<Session, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
  /** What the roles may do, and every call that they made. */
  permissions: Permissions;
  /** URIs of the repositories that exist in ECR, private and public. */
  ecrRepositories(): string[];
  /** What exists in ECS, load balancing and logs, by account and region. */
  ecs: EcsWorlds;
}

export interface AwsOptions {
  seed?: AwsSeed;
  /** URL of the OIDC issuer that the accounts trust; none: no account has an OIDC provider. */
  issuer?: string;
  faults?: Faults<AwsService>;
  /** Milliseconds since the epoch. */
  now?: () => number;
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
}: AwsOptions = {}): Promise<Aws> {
  await using sockets = new AsyncDisposableStack();
  const sessions = new Sessions();
  const repositories = new Repositories();
  const password = seed.registryPassword ?? randomBytes(48).toString('base64url');
  const permissions = new Permissions();
  const parts = { sessions, permissions, now };
  const ecrParts = { ...parts, repositories, password };
  const sts = sockets.use(await serve('sts', stsService({ ...parts, seed, issuer }), faults));
  const ecr = sockets.use(await serve('ecr', ecrService(ecrParts), faults));
  const ecrPublic = sockets.use(await serve('ecr-public', ecrPublicService(ecrParts), faults));
  const ecs = sockets.use(await serve('ecs', ecsService({ ...parts, worlds, throttled }), faults));
  const elbv2 = sockets.use(await serve('elbv2', elbv2Service({ ...parts, worlds }), faults));
  const logs = sockets.use(await serve('logs', logsService({ ...parts, worlds }), faults));
  const opened = sockets.move();
  return {
    env: {
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ENDPOINT_URL_ECR: ecr.url,
      AWS_ENDPOINT_URL_ECR_PUBLIC: ecrPublic.url,
      AWS_ENDPOINT_URL_ECS: ecs.url,
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
    permissions,
    ecrRepositories: () => repositories.all().map(({ repositoryUri }) => repositoryUri),
    ecs: worlds,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** The GitHub run that asks for tokens. */
export interface GitHubSeed {
  /** `owner/name` */
  repository: string;
  /** Full ref. */
  ref: string;
  /** `sub` claim; by default the one that GitHub makes for a run on the ref. */
  subject?: string;
  /** Seconds that a token is valid; negative for tokens that come too late. */
  tokenLifetime?: number;
}

/** A role of IAM that trusts GitHub's OIDC provider. */
export interface RoleSeed {
  /** `arn:aws:iam::123456789012:role/deploy` */
  arn: string;
  /** Condition of the trust policy; `*` and `?` in `subject` as in StringLike. */
  trust: { audience: string; subject: string };
  /** Actions it may do on every resource: `ecr:*`, `ecr:GetAuthorizationToken`. */
  allow: readonly string[];
}

export interface AwsSeed {
  /** Client ids of the accounts' OIDC provider. */
  clientIds: readonly string[];
  roles: readonly RoleSeed[];
}

/** An application or managed identity in Entra. */
export interface AppSeed {
  clientId: string;
  /** Federated credentials: compared exactly, as Entra does. */
  federated: readonly { subject: string; audience: string }[];
  /** Whether it has AcrPush on the registry. */
  mayPush: boolean;
}

export interface AzureSeed {
  tenantId: string;
  apps: readonly AppSeed[];
}

/** What exists in the cloud when it starts. */
export interface Seed {
  github: GitHubSeed;
  aws: AwsSeed;
  azure: AzureSeed;
  /** Password that ECR and ACR hand out, so that a real registry can be behind them. */
  registryPassword?: string;
}

/** One repository that may deploy to one AWS account and one Azure tenant. */
export function demoSeed(repository = 'org/app'): Seed {
  return {
    github: { repository, ref: 'refs/heads/main' },
    aws: {
      clientIds: ['sts.amazonaws.com'],
      roles: [
        {
          arn: 'arn:aws:iam::123456789012:role/deploy',
          trust: { audience: 'sts.amazonaws.com', subject: `repo:${repository}:*` },
          allow: ['ecr:*', 'ecr-public:*', 'sts:GetServiceBearerToken'],
        },
      ],
    },
    azure: {
      tenantId: '99999999-8888-7777-6666-555555555555',
      apps: [
        {
          clientId: '11111111-2222-3333-4444-555555555555',
          federated: [
            {
              subject: `repo:${repository}:ref:refs/heads/main`,
              audience: 'api://AzureADTokenExchange',
            },
          ],
          mayPush: true,
        },
      ],
    },
  };
}

/** A role of IAM that trusts GitHub's OIDC provider. */
export interface RoleSeed {
  /** `arn:aws:iam::123456789012:role/deploy` */
  arn: string;
  /** Condition of the trust policy; `*` and `?` in `subject` as in StringLike. */
  trust: { audience: string; subject: string };
  /** Actions it may do on every resource: `ecr:*`, `ecr:GetAuthorizationToken`. */
  allow: readonly string[];
}

/** What exists in AWS when it starts. */
export interface AwsSeed {
  /** Client ids of the accounts' OIDC provider. */
  clientIds: readonly string[];
  roles: readonly RoleSeed[];
  /** Password that ECR hands out, so that a real registry can be behind it. */
  registryPassword?: string;
}

/** One account with one role, which a repository may use. */
export function demoAws(repository = 'org/app'): AwsSeed {
  return {
    clientIds: ['sts.amazonaws.com'],
    roles: [
      {
        arn: 'arn:aws:iam::123456789012:role/deploy',
        trust: { audience: 'sts.amazonaws.com', subject: `repo:${repository}:*` },
        allow: [
          'ecr:*',
          'ecr-public:*',
          'ecs:*',
          'eks:DescribeCluster',
          'elasticloadbalancing:*',
          'iam:PassRole',
          'logs:*',
          'sts:GetServiceBearerToken',
        ],
      },
    ],
  };
}

import type { Violation } from '../model/check.ts';
import type { AwsParts } from '../service.ts';
import { accountOf } from '../sessions.ts';
import type { Signed } from '../signature.ts';
import type { Repositories } from './repositories.ts';

export interface EcrParts extends AwsParts {
  repositories: Repositories;
  /** What `AWS` logs in with. */
  password: string;
}

/** How long an authorization token is good for, in seconds. */
export const tokenLifetime = 12 * 3_600;

/** ECR's own sentence for a broken constraint. */
export function ecrSentence({ must, path }: Pick<Violation, 'must' | 'path'>): string {
  return `Invalid parameter at '${path}' failed to satisfy constraint: '${must}'`;
}

/** Which repository is meant: the registry of the caller's account, unless another one is named. */
export interface Named {
  registryId?: string | undefined;
  repositoryName: string;
}

/** ARN of a repository of a private registry. */
export function arnOf({ registryId, repositoryName }: Named, { region, session }: Signed): string {
  const account = registryId ?? accountOf(session.role);
  return `arn:aws:ecr:${region}:${account}:repository/${repositoryName}`;
}

/** Host of a private registry. */
export function hostOf(registryId: string, { region }: Signed): string {
  return `${registryId}.dkr.ecr.${region}.amazonaws.com`;
}

import type { Repository as PrivateRepository, Tag } from '@aws-sdk/client-ecr';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';

/** A repository of ECR, private or public. */
export type Repository = Wire<PrivateRepository> &
  Record<'registryId' | 'repositoryName' | 'repositoryArn' | 'repositoryUri', string>;

/** The repositories of ECR, private and public, and what belongs to each. */
export class Repositories {
  /** Tags of a repository, by its ARN. */
  readonly tags = new Map<string, Wire<Tag>[]>();
  /** Text of the lifecycle policy of a repository, by its ARN. */
  readonly policies = new Map<string, string>();
  readonly #byArn = new Map<string, Repository>();

  /** @throws Refusal `RepositoryAlreadyExistsException` */
  create<Made extends Repository>(repository: Made): Made {
    const { registryId, repositoryArn, repositoryName } = repository;
    if (this.#byArn.has(repositoryArn)) {
      throw new Refusal(
        'RepositoryAlreadyExistsException',
        `The repository with name '${repositoryName}' already exists in the registry with id '${registryId}'`,
      );
    }
    this.#byArn.set(repositoryArn, repository);
    return repository;
  }

  /** @throws Refusal `RepositoryNotFoundException` */
  get(arn: string): Repository {
    const found = this.#byArn.get(arn);
    if (found) return found;
    const [, , , , registryId, ...path] = arn.split(':');
    const name = path.join(':').replace(/^repository\//, '');
    throw new Refusal(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
    );
  }

  all(): Repository[] {
    return [...this.#byArn.values()];
  }
}

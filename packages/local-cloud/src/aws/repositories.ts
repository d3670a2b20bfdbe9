import { Refusal } from './refusal.ts';

/** A repository of ECR. */
export interface Repository {
  registryId: string;
  repositoryName: string;
  repositoryArn: string;
  repositoryUri: string;
  /** Seconds since the epoch. */
  createdAt: number;
}

/**
 * The repositories of one registry service.
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
 */
export class Repositories {
  readonly #byArn = new Map<string, Repository>();

  create(repository: Repository): Repository {
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
  get(arn: string, name: string, registryId: string): Repository {
    const found = this.#byArn.get(arn);
    if (found) return found;
    throw new Refusal(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${registryId}'`,
    );
  }

  all(): Repository[] {
    return [...this.#byArn.values()];
  }
}

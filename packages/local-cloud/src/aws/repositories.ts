import { Refusal } from './refusal.ts';

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pattern = new RegExp(`^${component}(?:/${component})*$`);

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
    if (repositoryName.length < 2 || repositoryName.length > 256 || !pattern.test(repositoryName)) {
      throw new Refusal(
        'InvalidParameterException',
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${pattern.source}''`,
      );
    }
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

import { InvalidReference, isDigest, isRepository, isTag } from './reference.ts';

/** `/v2/acme/app`. @throws InvalidReference */
export function repositoryPath(repository: string): string {
  if (isRepository(repository)) return `/v2/${repository}`;
  throw new InvalidReference(repository, 'is not a repository', 'acme/app');
}

/** `/v2/acme/app/manifests/1.4.2`. @throws InvalidReference */
export function manifestPath(repository: string, reference: string): string {
  if (isTag(reference) || isDigest(reference)) {
    return `${repositoryPath(repository)}/manifests/${reference}`;
  }
  throw new InvalidReference(reference, 'is neither a tag nor a digest', '1.4.2');
}

/** How people name what is meant: `ghcr.io/acme/app:1.4.2`. */
export function imageName(registry: string, repository: string, reference: string): string {
  return `${registry}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}

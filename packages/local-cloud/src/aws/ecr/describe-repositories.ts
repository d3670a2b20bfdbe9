import type {
  DescribeRepositoriesRequest,
  DescribeRepositoriesResponse,
} from '@aws-sdk/client-ecr';
import type { Wire } from '../model/wire.ts';
import { Refusal } from '../refusal.ts';
import type { Operation } from '../service.ts';
import { arnOf, type EcrParts, ecrSentence } from './parts.ts';

const onePage = 100;

/** DescribeRepositories: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html */
export function describeRepositories({
  repositories,
}: EcrParts): Operation<Wire<DescribeRepositoriesRequest>, Wire<DescribeRepositoriesResponse>> {
  return {
    resource: ({ registryId }, signed) => arnOf({ registryId, repositoryName: '*' }, signed),
    run({ maxResults, nextToken, registryId, repositoryNames }, signed) {
      const arn = (repositoryName: string) => arnOf({ registryId, repositoryName }, signed);
      if (repositoryNames) {
        if (maxResults !== undefined || nextToken !== undefined) {
          throw invalid('maxResults', 'must not be set together with repositoryNames');
        }
        return { repositories: repositoryNames.map((name) => repositories.get(arn(name))) };
      }
      const all = repositories.all().filter((found) => found.repositoryArn.startsWith(arn('')));
      const from = startOf(nextToken);
      const to = from + (maxResults ?? onePage);
      return {
        repositories: all.slice(from, to),
        ...(to < all.length && { nextToken: Buffer.from(`from ${to}`).toString('base64') }),
      };
    },
  };
}

function startOf(nextToken: string | undefined): number {
  if (nextToken === undefined) return 0;
  const [, from] = /^from (\d{1,9})$/.exec(Buffer.from(nextToken, 'base64').toString()) ?? [];
  if (from === undefined) throw invalid('nextToken', 'must be a token of an earlier answer');
  return Number(from);
}

function invalid(path: string, must: string): Refusal {
  return new Refusal('InvalidParameterException', ecrSentence({ must, path }));
}

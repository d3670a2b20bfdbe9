import { randomBytes } from 'node:crypto';
import { ecrService } from './aws/ecr.ts';
import { ecrPublicService } from './aws/ecr-public.ts';
import { Repositories } from './aws/repositories.ts';
import { Sessions } from './aws/sessions.ts';
import { stsService } from './aws/sts.ts';
import { acrService } from './azure/acr.ts';
import { entraService } from './azure/entra.ts';
import { Faults, type ServiceName } from './faults.ts';
import { type GitHub, type GitHubOptions, startGitHub } from './github/github.ts';
import { idTokenService } from './github/id-token.ts';
import { issuerService } from './github/issuer.ts';
import type { Handler } from './http/exchange.ts';
import { serve } from './http/serve.ts';
import { createSigner } from './jwt/signer.ts';
import { demoSeed, type Seed } from './seed.ts';

/** An emulated GitHub, AWS and Azure that listens on loopback. */
export interface LocalCloud extends AsyncDisposable {
  /** What a run must have in its environment to find it. */
  env: Readonly<Record<string, string>>;
  faults: Faults;
  /** Host of the Azure container registry; plain http. */
  acrHost: string;
  /** URIs of the repositories that exist in ECR, private and public. */
  ecrRepositories(): string[];
  /** The API and the git server of GitHub; there when it was given a repository. */
  github?: GitHub;
}

export interface LocalCloudOptions {
  seed?: Seed;
  /** What GitHub's API and git server have: the bare repository and who may do what with it. */
  github?: Pick<GitHubOptions, 'git' | 'settings' | 'style'>;
  /** Clock of all services, in milliseconds since the epoch. */
  now?: () => number;
}

/** Starts the cloud. Every service has a port of its own on 127.0.0.1. */
export async function startLocalCloud({
  seed = demoSeed(),
  github: served,
  now = Date.now,
}: LocalCloudOptions = {}): Promise<LocalCloud> {
  await using sockets = new AsyncDisposableStack();
  const faults = new Faults();
  const listen = async (service: ServiceName, handler: Handler) =>
    sockets.use(await serve(service, handler, faults));
  const [github, microsoft] = await Promise.all([createSigner(), createSigner()]);
  const bearer = secret();
  const sessions = new Sessions();
  const repositories = new Repositories();
  const ecrParts = { sessions, repositories, password: seed.registryPassword ?? secret(), now };

  const { url: issuer } = await listen('issuer', issuerService(github));
  const idTokens = await listen(
    'github',
    idTokenService({ seed: seed.github, signer: github, issuer, bearer, now }),
  );
  const sts = await listen('sts', stsService({ seed: seed.aws, issuer, sessions, now }));
  const ecr = await listen('ecr', ecrService(ecrParts));
  const ecrPublic = await listen('ecr-public', ecrPublicService(ecrParts));
  const entra = await listen(
    'entra',
    entraService({ seed: seed.azure, issuer, signer: microsoft, now }),
  );
  const acr = await listen(
    'acr',
    acrService({
      seed: seed.azure,
      signer: microsoft,
      password: seed.registryPassword,
      now,
    }),
  );
  const { repository } = seed.github;
  const api = served && sockets.use(await startGitHub({ ...served, repository, faults, now }));
  const opened = sockets.move();
  return {
    env: {
      GITHUB_REPOSITORY: repository,
      ...api?.env,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${idTokens.url}/idtoken?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
      AWS_ENDPOINT_URL_STS: sts.url,
      AWS_ENDPOINT_URL_ECR: ecr.url,
      AWS_ENDPOINT_URL_ECR_PUBLIC: ecrPublic.url,
      AZURE_AUTHORITY_HOST: entra.url,
    },
    faults,
    acrHost: acr.host,
    ...(api && { github: api }),
    ecrRepositories: () => repositories.all().map(({ repositoryUri }) => repositoryUri),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

function secret(): string {
  return randomBytes(48).toString('base64url');
}

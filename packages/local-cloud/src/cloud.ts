import { type Aws, type AwsService, startAws } from './aws/aws.ts';
import type { AciWorld } from './azure/aci/world.ts';
import { type Azure, type AzureService, startAzure } from './azure/azure.ts';
import { type GitHub, type GitHubService, startGitHub } from './github/github.ts';
import { Faults } from './http/faults.ts';
import { demoSeed, type Seed } from './seed.ts';

/** GitHub, and an AWS and an Azure that trust its OIDC tokens. */
export interface LocalCloud extends AsyncDisposable {
  github: GitHub;
  aws: Aws;
  azure: Azure;
  /** What a run must have in its environment to find them all and to log in. */
  env: Readonly<Record<string, string>>;
  faults: Faults<GitHubService | AwsService | AzureService>;
}

export interface LocalCloudOptions {
  seed?: Seed;
  /** Folder of the bare repository; none: an empty one. */
  git?: string;
  /** Container groups of Azure; none: scripts on quick times. */
  aci?: AciWorld;
  /** Clock of all services, in milliseconds since the epoch. */
  now?: () => number;
}

/** Starts the three of them together. */
export async function startLocalCloud({
  seed = demoSeed(),
  git,
  aci,
  now = Date.now,
}: LocalCloudOptions = {}): Promise<LocalCloud> {
  await using started = new AsyncDisposableStack();
  const faults: LocalCloud['faults'] = new Faults();
  const { repository } = seed.run;
  const github = started.use(
    await startGitHub({
      repository,
      run: seed.run,
      faults,
      now,
      ...(git !== undefined && { git }),
    }),
  );
  const { issuer } = github.oidc;
  const aws = started.use(await startAws({ seed: seed.aws, issuer, faults, now }));
  const azure = started.use(
    await startAzure({ seed: seed.azure, issuer, faults, now, ...(aci && { aci }) }),
  );
  const all = started.move();
  return {
    github,
    aws,
    azure,
    env: { ...github.env, ...github.oidc.env, ...aws.env, ...azure.env },
    faults,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

import { type AwsSeed, demoAws } from './aws/seed.ts';
import { type AzureSeed, demoAzure } from './azure/seed.ts';
import type { Run } from './github/oidc/run.ts';

/** What exists in the cloud when it starts. */
export interface Seed {
  /** The run that asks for tokens; its repository is the one of GitHub. */
  run: Run;
  aws: AwsSeed;
  azure: AzureSeed;
}

/** One repository that may deploy to one AWS account and one Azure tenant. */
export function demoSeed(repository = 'org/app'): Seed {
  return {
    run: { repository, ref: 'refs/heads/main' },
    aws: demoAws(repository),
    azure: demoAzure(repository),
  };
}

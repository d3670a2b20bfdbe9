import type { Environment } from '@slipway/shared/exec/environment';
import type { RunProgram } from '@slipway/shared/exec/program';
import type { Clock } from '@slipway/shared/time/clock';
import type { ClusterAccess } from './access.ts';
import type { Entry } from './kubeconfig-file.ts';

/** What proving an identity needs from outside. */
export interface IdentityParts {
  env: Environment;
  clock: Clock;
  runProgram: RunProgram;
  mask(secret: string): void;
}

/** The cluster, as a plug-in may be told of it. */
export type ToldCluster = Pick<ClusterAccess, 'server' | 'ca' | 'tlsServerName' | 'proxy'> & {
  entry: Entry;
};

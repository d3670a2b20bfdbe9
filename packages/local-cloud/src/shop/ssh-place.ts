import { join } from 'node:path';
import { docker, lines } from '../hosts/docker.ts';
import { freePort } from '../program.ts';
import { startSshd } from '../sshd.ts';
import { pipelineFiles } from './pipeline.ts';
import { callerPath, type ShopFacts, type ShopPlace, type ShopPlan } from './shop.ts';

/** An SSH host, this machine, with room for two environments. */
export interface SshPlace extends ShopPlace {
  /** `user@127.0.0.1:port` */
  host: string;
  knownHosts: string;
  /** Folder of the deployment on the host, and a port that is free there. */
  path: string;
  port: number;
  /** The same once more, for a second environment. */
  second: { path: string; port: number; url: string };
}

/** A shop that is shipped by SSH. */
export const sshShop: ShopPlan<SshPlace> = {
  start: startSshPlace,
  workflows: (facts, place) => ({ [callerPath]: callerWorkflow(facts, place) }),
};

/** The example's own pipeline to the two environments of a host. */
export function sshPipeline(facts: ShopFacts, place: SshPlace): Promise<Record<string, string>> {
  const settings = ({ path, port }: { path: string; port: number }, environment: string) => ({
    hosts: place.host,
    'known-hosts': place.knownHosts,
    path,
    'health-path': '/api/info',
    timeout: '30s',
    env: { ENVIRONMENT: environment, PORT: port },
  });
  const environments = {
    staging: settings(place.second, 'staging'),
    production: settings(place, 'production'),
  };
  return pipelineFiles('ssh', facts, environments);
}

/** Starts the host. */
export async function startSshPlace(): Promise<SshPlace> {
  const [sshd, port, otherPort] = await Promise.all([startSshd(), freePort(), freePort()]);
  const urlOf = (at: number) => `http://127.0.0.1:${at}`;
  return {
    url: urlOf(port),
    secrets: { SSH_PRIVATE_KEY: sshd.privateKey },
    env: {},
    host: sshd.address,
    knownHosts: sshd.knownHosts,
    path: join(sshd.folder, `shop-${port}`),
    port,
    second: {
      path: join(sshd.folder, `shop-${otherPort}`),
      port: otherPort,
      url: urlOf(otherPort),
    },
    async [Symbol.asyncDispose]() {
      for (const project of [`shop-${port}`, `shop-${otherPort}`]) {
        const filter = `label=com.docker.compose.project=${project}`;
        const ids = lines(await docker(['ps', '-aq', '--filter', filter]));
        if (ids.length > 0) await docker(['rm', '-f', ...ids]);
        await docker(['network', 'rm', `${project}_default`]).catch(() => undefined);
      }
      await sshd[Symbol.asyncDispose]();
    },
  };
}

/** The workflow of a user of `ship-ssh.yml`. */
function callerWorkflow(facts: ShopFacts, place: SshPlace): string {
  return `name: ship
on:
  push:
    branches: [main]
permissions: {}
jobs:
  ship:
    permissions:
      contents: write # tag the commit, and release it
      packages: write # push to ghcr.io
      id-token: write # log in to Amazon ECR or Azure Container Registry without a password
    uses: org/actions/.github/workflows/ship-ssh.yml@v1
    with:
      image: ${facts.image}
      build-args: COMMIT=\${{ github.sha }}
      hosts: ${place.host}
      known-hosts: "${place.knownHosts}"
      path: ${place.path}
      env: PORT=${place.port}
      health-path: /api/info
      expect: \${{ github.sha }}
      trivy-sha256: ${facts.trivySha256}
      db-repository: ${facts.database}
      timeout: 60s
    secrets:
      SSH_PRIVATE_KEY: \${{ secrets.SSH_PRIVATE_KEY }}
`;
}

import { type RealAzure, startRealAzure } from '../azure/real-azure.ts';
import { demoAzure } from '../azure/seed.ts';
import type { GitHub } from '../github/github.ts';
import { pipelineFiles } from './pipeline.ts';
import { callerPath, type ShopFacts, type ShopPlace, type ShopPlan } from './shop.ts';

/** A resource group of Azure with real containers; the container group is not there yet. */
export interface AciPlace extends ShopPlace {
  real: RealAzure;
  /** Where the group of the second environment serves; empty before its first deployment. */
  stagingUrl(): string;
}

/** A shop that is shipped to Azure Container Instances. */
export const aciShop: ShopPlan<AciPlace> = {
  start: startAciPlace,
  workflows: async (facts) => ({
    [callerPath]: callerWorkflow(facts),
    ...(await pipelineFiles('aci', facts, {
      staging: settings('shop-staging'),
      production: settings('shop'),
    })),
  }),
};

const seed = demoAzure('octo/shop');
const [resourceGroup] = seed.resourceGroups;
const [app] = seed.apps;
const port = 3_000;

function settings(name: string) {
  return {
    'azure-client-id': app?.clientId ?? '',
    'azure-tenant-id': seed.tenantId,
    'azure-subscription-id': seed.subscriptionId,
    'resource-group': resourceGroup?.name ?? '',
    name,
    cpu: 0.5,
    memory: 1.5,
    ports: port,
    'dns-label': `octo-${name}`,
    'health-path': '/api/info',
    timeout: '2m',
  };
}

async function startAciPlace({ env, issuer }: GitHub['oidc']): Promise<AciPlace> {
  const real = await startRealAzure({ issuer, seed });
  const urlOf = (name: string) => {
    const [group] = real.world.groups().filter(({ place }) => place.name === name);
    return group ? `http://${group.address}:${port}` : '';
  };
  return {
    real,
    // The address is given with the first deployment.
    get url() {
      return urlOf('shop');
    },
    stagingUrl: () => urlOf('shop-staging'),
    secrets: {},
    env: { ...env, ...real.azure.env },
    [Symbol.asyncDispose]: () => real[Symbol.asyncDispose](),
  };
}

/** The workflow of a user of `ship-aci.yml`. */
function callerWorkflow(facts: ShopFacts): string {
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
      id-token: write # sign in to Azure without a stored secret
    uses: org/actions/.github/workflows/ship-aci.yml@v1
    with:
      image: ${facts.image}
      build-args: COMMIT=\${{ github.sha }}
      azure-client-id: ${app?.clientId}
      azure-tenant-id: ${seed.tenantId}
      azure-subscription-id: ${seed.subscriptionId}
      resource-group: ${resourceGroup?.name}
      name: shop
      cpu: "0.5"
      memory: "1.5"
      ports: "${port}"
      dns-label: octo-shop
      health-path: /api/info
      expect: \${{ github.sha }}
      trivy-sha256: ${facts.trivySha256}
      db-repository: ${facts.database}
      timeout: 2m
`;
}

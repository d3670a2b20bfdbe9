/** An application or managed identity in Entra. */
export interface AppSeed {
  clientId: string;
  /** Federated credentials: compared exactly, as Entra does. */
  federated: readonly { subject: string; audience: string }[];
  /** Whether it has AcrPush on the registry. */
  mayPush: boolean;
  /** Client secrets, and when they expire, in milliseconds since the epoch. */
  secrets?: readonly { value: string; expires?: number }[];
  /** An administrator has switched it off. */
  disabled?: boolean;
}

/** Client ids of the managed identities of the machine on which the runner is. */
export interface MachineSeed {
  system?: string;
  userAssigned: readonly string[];
}

export interface ResourceGroupSeed {
  name: string;
  /** `eastus` */
  location: string;
}

/** What exists in Azure when it starts. */
export interface AzureSeed {
  tenantId: string;
  subscriptionId: string;
  resourceGroups: readonly ResourceGroupSeed[];
  /** Regions that have container groups. */
  locations: readonly string[];
  apps: readonly AppSeed[];
  /** None: the runner is not on Azure's machines, or they have no identity. */
  machine?: MachineSeed;
  /** Password that ACR hands out, so that a real registry can be behind it. */
  registryPassword?: string;
}

/** One tenant with one identity, which a repository may use on its main branch. */
export function demoAzure(repository = 'org/app'): AzureSeed {
  return {
    tenantId: '99999999-8888-7777-6666-555555555555',
    subscriptionId: '77777777-6666-5555-4444-333333333333',
    resourceGroups: [{ name: 'shop', location: 'eastus' }],
    locations: ['eastus', 'westus2', 'westeurope', 'swedencentral'],
    apps: [
      {
        clientId: '11111111-2222-3333-4444-555555555555',
        federated: [
          {
            subject: `repo:${repository}:ref:refs/heads/main`,
            audience: 'api://AzureADTokenExchange',
          },
        ],
        mayPush: true,
      },
    ],
  };
}

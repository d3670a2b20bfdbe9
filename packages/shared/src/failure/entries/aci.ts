import { entry } from '../entry.ts';

/** What Azure Resource Manager and Azure Container Instances refuse. */
export const aciFailures = {
  'aci/denied': entry({
    cause: (f: { who: string; action: string; scope: string; said: string }) =>
      `${f.who} may not ${f.action} on ${f.scope}: ${f.said}`,
    remedy: (f) =>
      `Give it a role with \`${f.action}\` on ${f.scope}. The README of deploy-aci lists all permissions that a deployment needs; a role that was just assigned needs some minutes.`,
  }),
  'aci/session': entry({
    cause: (f: { who: string; said: string }) =>
      `Azure Resource Manager does not accept the token of ${f.who}: ${f.said}`,
    remedy: () =>
      'Run the job again. If it stays: set the clock of the runner right, and check that `azure-environment` is the cloud of the subscription.',
  }),
  'aci/tenant': entry({
    cause: (f: { who: string; subscription: string; said: string }) =>
      `${f.who} is of another tenant than subscription ${f.subscription}: ${f.said}`,
    remedy: () =>
      'Give the tenant of the subscription as `azure-tenant-id`, and an application that has a service principal there.',
  }),
  'aci/subscription': entry({
    cause: (f: { who: string; subscription: string; said: string }) =>
      `${f.who} sees no subscription ${f.subscription}: ${f.said}`,
    remedy: () =>
      'Correct `azure-subscription-id` and `azure-environment`, and give the identity a role on the resource group: without any role on it a subscription looks as if it were not there.',
  }),
  'aci/subscription-disabled': entry({
    cause: (f: { subscription: string; said: string }) =>
      `Subscription ${f.subscription} takes no changes: ${f.said}`,
    remedy: () =>
      'Let its owner enable it again: Cost Management and Billing shows why it is disabled.',
  }),
  'aci/resource-group-not-found': entry({
    cause: (f: { group: string; subscription: string }) =>
      `There is no resource group ${f.group} in subscription ${f.subscription}.`,
    remedy: () =>
      'Correct `resource-group` or `azure-subscription-id`, or create the resource group.',
  }),
  'aci/resource-group-deleted': entry({
    cause: (f: { group: string; said: string }) =>
      `The resource group ${f.group} is being deleted: ${f.said}`,
    remedy: () => 'Wait until it is gone, create it again, and run the job again.',
  }),
  'aci/provider-not-registered': entry({
    cause: (f: { subscription: string; said: string }) =>
      `Subscription ${f.subscription} is not registered for what the deployment needs: ${f.said}`,
    remedy: () =>
      'Let an owner run `az provider register --namespace Microsoft.ContainerInstance --wait` once, or for the namespace that Azure names.',
  }),
  'aci/policy': entry({
    cause: (f: { call: string; said: string }) => `An Azure Policy forbids ${f.call}: ${f.said}`,
    remedy: () => 'Change what the policy names, or ask its owner for an exemption.',
  }),
  'aci/locked': entry({
    cause: (f: { call: string; said: string }) => `A lock in Azure forbids ${f.call}: ${f.said}`,
    remedy: () =>
      'Remove the lock for the time of the deployment. A ReadOnly lock forbids each change, a CanNotDelete lock those that recreate or roll back a new container group.',
  }),
  'aci/transitioning': entry({
    cause: (f: { group: string; said: string }) =>
      `Another operation on the container group ${f.group} is going on: ${f.said}`,
    remedy: () =>
      'Wait until it is over and run the job again. When it is stuck for more than half an hour, stop the container group or ask Azure Support.',
  }),
  'aci/conflict': entry({
    cause: (f: { call: string; said: string }) =>
      `Something else is going on at the same time (${f.call}): ${f.said}`,
    remedy: () => 'Wait until that is over and run the job again.',
  }),
  'aci/quota': entry({
    cause: (f: { call: string; said: string }) =>
      `A quota of the subscription does not allow ${f.call}: ${f.said}`,
    remedy: () =>
      'Delete container groups that are not used any more, ask for less `cpu`, or ask for a higher quota in the portal at Quotas. A limit of 0 is a guard of Azure against abuse, which Azure Support lifts.',
  }),
  'aci/capacity': entry({
    cause: (f: { call: string; said: string }) =>
      `The region has no room for ${f.call} at this moment: ${f.said}`,
    remedy: () =>
      'Run the job again later, ask for less `cpu` and `memory`, or use another `location`.',
  }),
  'aci/size': entry({
    cause: (f: { call: string; said: string }) =>
      `The region does not offer what ${f.call} asks for: ${f.said}`,
    remedy: () =>
      'Correct `cpu`, `memory`, GPU, SKU or zones in the inputs or in `spec`, or use another `location`.',
  }),
  'aci/location': entry({
    cause: (f: { call: string; said: string }) => `The region does not fit ${f.call}: ${f.said}`,
    remedy: () =>
      'Correct `location`: one that has container instances and, for a container group that is there already, its own. A group moves only by being deleted and created again.',
  }),
  'aci/image-inaccessible': entry({
    cause: (f: { group: string; said: string }) =>
      `Azure cannot pull an image of the container group ${f.group}: ${f.said}`,
    remedy: () =>
      'Check the name of the image. A private registry needs `registry-identity` with the role AcrPull, or `registry-username` and `registry-password`; a registry of Azure behind a firewall needs the identity, and trusted services allowed.',
  }),
  'aci/registry': entry({
    cause: (f: { said: string }) => `A registry answered Azure with an error: ${f.said}`,
    remedy: () =>
      'Run the job again. Docker Hub limits pulls without a login: give `registry-username` and `registry-password`, or copy the image to a registry of your own.',
  }),
  'aci/label-taken': entry({
    cause: (f: { group: string; said: string }) =>
      `The DNS label of the container group ${f.group} is taken: ${f.said}`,
    remedy: () => 'Use another `dns-label`: in a region each can be had once.',
  }),
  'aci/immutable': entry({
    cause: (f: { group: string; said: string }) =>
      `The container group ${f.group} cannot be changed like this in place: ${f.said}`,
    remedy: () =>
      'Set `allow-recreate: true`, and it is deleted and created anew, which takes it down meanwhile; or leave that setting as it is.',
  }),
  'aci/os-version': entry({
    cause: (f: { said: string }) => `Azure does not run images of this Windows version: ${f.said}`,
    remedy: () =>
      'Build the image on a base that Azure Container Instances has, such as Windows Server 2022 LTSC.',
  }),
  'aci/subnet': entry({
    cause: (f: { call: string; said: string }) => `The subnet does not fit ${f.call}: ${f.said}`,
    remedy: () =>
      'Delegate it to Microsoft.ContainerInstance/containerGroups, in the region of the container group, with addresses left; a public address and a subnet exclude each other.',
  }),
  'aci/invalid': entry({
    cause: (f: { call: string; said: string }) => `Azure does not take ${f.call}: ${f.said}`,
    remedy: () => 'Correct what it names in `spec` or in the inputs.',
  }),
  'aci/rejected': entry({
    cause: (f: { call: string; said: string }) => `Azure refused ${f.call}: ${f.said}`,
    remedy: () => 'Correct what it names and run the job again.',
  }),
  'aci/platform': entry({
    cause: (f: { call: string; said: string; id: string }) =>
      `${f.call} failed inside of Azure (correlation ID ${f.id}): ${f.said}`,
    remedy: () =>
      'Run the job again. If it stays, give Azure Support the correlation ID and look at the status page of Azure.',
  }),
  'aci/unavailable': entry({
    cause: (f: { call: string; said: string }) => `${f.call} got no usable answer: ${f.said}.`,
    remedy: () =>
      'Check that the runner reaches Azure Resource Manager. If what it said is not about your network, look at the status page of Azure and run the job again.',
  }),
} as const;

import { aciFailures } from './entries/aci.ts';
import { aciContainerFailures } from './entries/aci-containers.ts';
import { aciGroupFailures } from './entries/aci-group.ts';
import { aciRolloutFailures } from './entries/aci-rollout.ts';
import { actionFailures } from './entries/action.ts';
import { azureIdentityFailures } from './entries/azure-identity.ts';
import { buildFailures } from './entries/build.ts';
import { deployFailures } from './entries/deploy.ts';
import { ecsFailures } from './entries/ecs.ts';
import { ecsRolloutFailures } from './entries/ecs-rollout.ts';
import { ecsTaskFailures } from './entries/ecs-tasks.ts';
import { gateFailures } from './entries/gate.ts';
import { gitFailures } from './entries/git.ts';
import { identityFailures } from './entries/identity.ts';
import { imageFailures } from './entries/image.ts';
import { k8sFailures } from './entries/k8s.ts';
import { k8sManifestFailures } from './entries/k8s-manifests.ts';
import { k8sPodFailures } from './entries/k8s-pods.ts';
import { k8sRolloutFailures } from './entries/k8s-rollout.ts';
import { k8sWorkloadFailures } from './entries/k8s-workload.ts';
import { sshFailures } from './entries/ssh.ts';
import { tagFailures } from './entries/tag.ts';
import { taskDefinitionFailures } from './entries/task-definition.ts';

/**
 * Every failure the suite can name: code -> what happened and what to do.
 * `docs/failures.md` is generated from it, so a code is public: never renamed, never reused.
 */
export const catalogue = {
  ...aciContainerFailures,
  ...aciFailures,
  ...aciGroupFailures,
  ...aciRolloutFailures,
  ...actionFailures,
  ...azureIdentityFailures,
  ...buildFailures,
  ...deployFailures,
  ...ecsFailures,
  ...ecsRolloutFailures,
  ...ecsTaskFailures,
  ...gateFailures,
  ...gitFailures,
  ...identityFailures,
  ...imageFailures,
  ...k8sFailures,
  ...k8sPodFailures,
  ...k8sRolloutFailures,
  ...k8sWorkloadFailures,
  ...k8sManifestFailures,
  ...sshFailures,
  ...tagFailures,
  ...taskDefinitionFailures,
};

/** A stable code such as `ssh/host-key-unknown`. */
export type FailureCode = keyof typeof catalogue;

/** The live facts that the sentences of a code need. */
export type FailureFacts<C extends FailureCode> = Parameters<(typeof catalogue)[C]['cause']>[0];

import { entry } from '../entry.ts';

/** What keeps a run from a cluster, and what its API server refuses. */
export const k8sFailures = {
  'k8s/no-cluster': entry({
    cause: () => 'Nothing tells which cluster to deploy to.',
    remedy: () =>
      'Give `cluster`, such as the ARN of a cluster of EKS, or the text of a kubeconfig as `kubeconfig`, or let an earlier step set KUBECONFIG. `~/.kube/config` is not read.',
  }),
  'k8s/kubeconfig': entry({
    cause: (f: { from: string; wrong: string }) => `${f.from} cannot be used: ${f.wrong}.`,
    remedy: () =>
      'Correct it, and try it with `kubectl --kubeconfig FILE get pods`. `kubectl config view --minify --flatten --raw` prints one context with all its files in it.',
  }),
  'k8s/cluster-not-found': entry({
    cause: (f: { cluster: string; said: string }) => `There is no cluster ${f.cluster}: ${f.said}.`,
    remedy: () => 'Correct `cluster`: its account or project, its region and its name.',
  }),
  'k8s/cluster-not-ready': entry({
    cause: (f: { cluster: string; state: string }) =>
      `The cluster ${f.cluster} has no API server yet; its state is ${f.state}.`,
    remedy: () => 'Wait until it is made, or started, and run the job again.',
  }),
  'k8s/insecure': entry({
    cause: (f: { from: string; server: string }) =>
      `${f.from} does not check the certificate of ${f.server} (insecure-skip-tls-verify), so anybody on the way could take its secrets.`,
    remedy: () =>
      'Remove `insecure-skip-tls-verify` and give the certificate of its authority as `certificate-authority-data`. Where the certificate has another name than the address, give that as `tls-server-name`.',
  }),
  'k8s/exec-refused': entry({
    cause: (f: { from: string; command: string }) =>
      `${f.from} is in the checkout and would run ${f.command}: whoever may change the repository could run anything with the identity of this job.`,
    remedy: () =>
      'Write the kubeconfig outside of the workspace, such as into RUNNER_TEMP, or give its text as `kubeconfig`, out of a secret.',
  }),
  'k8s/exec-failed': entry({
    cause: (f: { command: string; said: string }) =>
      `The program that the kubeconfig names for credentials, ${f.command}, gave none: ${f.said}.`,
    remedy: () =>
      'Install it on the runner in an earlier step and let it sign in without asking anybody, or use `cluster` instead of a kubeconfig, which needs no program.',
  }),
  'k8s/unknown-host': entry({
    cause: (f: { server: string }) =>
      `No DNS server knows the name of the API server, ${f.server}.`,
    remedy: () =>
      'If the cluster is private, its name is known in its own network only: run the job on a runner in that network. Otherwise correct the address; a cluster that was deleted has no name any more.',
  }),
  'k8s/unreachable': entry({
    cause: (f: { server: string; said: string }) =>
      `The API server at ${f.server} cannot be reached: ${f.said}.`,
    remedy: () =>
      'If the cluster is private, or has authorised IP ranges: let in the address of this runner, or run the job on a runner inside of its network. Otherwise check that the cluster runs, its address and port, and HTTPS_PROXY.',
  }),
  'k8s/certificate-authority': entry({
    cause: (f: { server: string; said: string }) =>
      `The certificate of the API server at ${f.server} is from an authority that is not trusted: ${f.said}.`,
    remedy: () =>
      'Give the certificate of its authority: `certificate-authority-data` in the kubeconfig, or `cluster-ca`. If it was right before, the cluster was made anew, or a proxy opens the connection.',
  }),
  'k8s/certificate-name': entry({
    cause: (f: { server: string; said: string }) =>
      `The certificate of the API server at ${f.server} is for another name: ${f.said}.`,
    remedy: () =>
      'Use an address that the certificate names, or give one of its names as `tls-server-name` in the kubeconfig.',
  }),
  'k8s/certificate-expired': entry({
    cause: (f: { server: string; said: string }) =>
      `The certificate of the API server at ${f.server} is not valid at this time: ${f.said}.`,
    remedy: () =>
      'Renew the certificates of the cluster (`kubeadm certs renew all`), or set the clock of the runner right.',
  }),
  'k8s/no-tls': entry({
    cause: (f: { server: string; said: string }) => `There is no TLS with ${f.server}: ${f.said}.`,
    remedy: () =>
      'Check the port of the API server, the client certificate with its key, and that no proxy answers instead of the cluster.',
  }),
  'k8s/unauthorized': entry({
    cause: (f: { server: string; who: string; said: string; remedy: string }) =>
      `The API server at ${f.server} does not accept ${f.who}: ${f.said}.`,
    remedy: (f) => f.remedy,
  }),
  'k8s/denied': entry({
    cause: (f: {
      user: string;
      verb: string;
      resource: string;
      place: string;
      rule: string;
      binding: string;
    }) => `${f.user} may not ${f.verb} ${f.resource} in ${f.place}.`,
    remedy: (f) =>
      `Add this rule to a ${f.binding} that is bound to it: \`${f.rule}\`. The README of deploy-k8s has a Role with all that a deployment needs.`,
  }),
  'k8s/immutable': entry({
    cause: (f: { call: string; said: string; fields: string }) =>
      `${f.call} would change ${f.fields}, which stays as it was created: ${f.said}`,
    remedy: () =>
      'Put the old value back into `manifests`, or delete the object and deploy again, which takes it down meanwhile; or give the new one another name.',
  }),
  'k8s/invalid': entry({
    cause: (f: { call: string; said: string }) => `${f.call} is refused as invalid: ${f.said}`,
    remedy: () => 'Correct the fields that it names in `manifests` or in the inputs.',
  }),
  'k8s/too-large': entry({
    cause: (f: { call: string; said: string }) =>
      `${f.call} is refused, as the object is too large: ${f.said}`,
    remedy: () =>
      'Kubernetes takes about 1.5 MB for an object, 1 MiB of data for a ConfigMap or Secret, and 256 KiB for all annotations: split it, or put the data into the image or a volume.',
  }),
  'k8s/unsupported': entry({
    cause: (f: { call: string; said: string }) => `${f.call} is not possible there: ${f.said}`,
    remedy: () =>
      'Server-side apply needs Kubernetes 1.22 or newer. If the cluster is, something between it and the runner answers instead.',
  }),
  'k8s/no-namespace': entry({
    cause: (f: { namespace: string }) => `There is no namespace ${f.namespace} in the cluster.`,
    remedy: (f) =>
      `Correct \`namespace\`, or create it once: \`kubectl create namespace ${f.namespace}\`.`,
  }),
  'k8s/namespace-terminating': entry({
    cause: (f: { namespace: string; said: string }) =>
      `The namespace ${f.namespace} is being deleted: ${f.said}`,
    remedy: () =>
      'Wait until it is gone, create it again, and run the job again. If it stays, a finalizer of one of its objects holds it.',
  }),
  'k8s/no-such-kind': entry({
    cause: (f: { call: string; resource: string }) =>
      `The cluster has no ${f.resource}: ${f.call} is not possible.`,
    remedy: () =>
      'Install the CustomResourceDefinition first, or correct `apiVersion` and `kind`: old versions of a kind are removed from newer clusters.',
  }),
  'k8s/pod-security': entry({
    cause: (f: { said: string }) => `Pod Security of the namespace does not allow it: ${f.said}`,
    remedy: () =>
      'Set what it names in `securityContext` of the pod and its containers, such as `runAsNonRoot`, `allowPrivilegeEscalation: false`, `capabilities: { drop: [ALL] }` and `seccompProfile`.',
  }),
  'k8s/quota': entry({
    cause: (f: { said: string }) => `A quota of the namespace does not allow it: ${f.said}`,
    remedy: () =>
      'Ask for less in `resources`, free some of the quota, or raise it. A rolling update needs room for the pods of `maxSurge` too.',
  }),
  'k8s/limit-range': entry({
    cause: (f: { said: string }) => `A LimitRange of the namespace does not allow it: ${f.said}`,
    remedy: () => 'Set `resources` of the containers to what the LimitRange allows.',
  }),
  'k8s/admission': entry({
    cause: (f: { call: string; said: string }) => `${f.call} is forbidden by a policy: ${f.said}`,
    remedy: () => 'Change what the policy names, or ask its owner for an exemption.',
  }),
  'k8s/webhook': entry({
    cause: (f: { call: string; said: string }) =>
      `${f.call} failed, as a webhook of the cluster did not answer: ${f.said}`,
    remedy: () =>
      'Look at the pods of the webhook that it names; until they run, nothing that it checks can be changed.',
  }),
  'k8s/rejected': entry({
    cause: (f: { call: string; said: string }) => `${f.call} was refused: ${f.said}`,
    remedy: () => 'Correct what it names and run the job again.',
  }),
  'k8s/unavailable': entry({
    cause: (f: { call: string; said: string }) => `${f.call} got no usable answer: ${f.said}.`,
    remedy: () =>
      'Check that the address is that of an API server and not of a dashboard or a proxy. If it is, look at the health of the cluster and run the job again.',
  }),
} as const;

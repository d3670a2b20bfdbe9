// Follows one rollout with many pods, as the action does, and says what that took: CPU and memory of
// this process alone, as the API server is another one.
import { openKubernetes } from '../actions/deploy-k8s/src/api/open-kubernetes.ts';
import { followRollout } from '../actions/deploy-k8s/src/rollout/follow-rollout.ts';
import { systemClock } from '../packages/shared/src/time/clock.ts';

const seconds = Number(process.env['BENCH_SECONDS']);
const { signal } = new AbortController();
const { api } = await openKubernetes(
  {
    kubeconfig: process.env['BENCH_KUBECONFIG'],
    'kube-context': undefined,
    cluster: undefined,
    'cluster-ca': undefined,
    'oidc-audience': undefined,
    'aws-role': undefined,
    'azure-client-id': undefined,
    'azure-tenant-id': undefined,
    'google-workload-identity-provider': undefined,
    'google-service-account': undefined,
  },
  { env: {}, commands: { mask: () => undefined, info: () => undefined } },
  systemClock,
);
const resource = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  isNamespaced: true,
};
const name = { resource, namespace: 'bench', name: 'shop' };
const written = await api.get(name, signal);
if (!written) throw new Error('there is no deployment');
await using watch = await followRollout(
  {
    api,
    clock: systemClock,
    name,
    written,
    rules: { fatal: [], tolerated: [] },
    say: (line) => {
      throw new Error(line);
    },
  },
  signal,
);
let looks = 0;
const start = process.cpuUsage();
const end = Date.now() + seconds * 1_000;
while (Date.now() < end) {
  const state = watch.look();
  if (state.state !== 'progress') throw new Error(JSON.stringify(state));
  looks += 1;
  await systemClock.sleep(250);
}
const { system, user } = process.cpuUsage(start);
const pods = watch.pods().length;
console.error(process.memoryUsage());
console.log(
  JSON.stringify({
    pods,
    look: (system + user) / 1_000 / looks,
    kilobytes: process.resourceUsage().maxRSS,
  }),
);
process.exit();

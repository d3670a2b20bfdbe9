// What the outer rings of tests need and this machine does not have: says it with its fix, prints a
// pattern of the paths of the tests that cannot run, and leaves a report that counts them as skipped.
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Need {
  name: string;
  /** Fails where the thing is missing. */
  ask: readonly [command: string, ...args: string[]];
  fix: string;
  /** Tests that cannot run without, as a pattern of their paths. */
  tests: string;
  /** Time to answer, in milliseconds, where it may have to download first. */
  limit?: number;
}

const root = join(import.meta.dirname, '..');
const ownCluster = 'test -x "$SLIPWAY_CACHE/kubernetes/kubelet" && test "$(id -u)" = 0';
const existingAnswers =
  'PATH="$SLIPWAY_CACHE/kubernetes:$PATH" kubectl --kubeconfig "$SLIPWAY_KUBECONFIG" get --raw /readyz';
const outer = '/(?:scenarios|journeys)/';
const needs: readonly Need[] = [
  {
    name: 'a Docker engine',
    ask: ['docker', 'version'],
    fix: 'start Docker, or as root on Debian or Ubuntu: scripts/setup engine',
    tests:
      '/journeys/|/build-push/scenarios/|/deploy-ssh/scenarios/|/real-containers|/docker-runtime|/scenarios/example-django/|/scenarios/stack/(?:compose|nginx|stack)|/scenarios/example-app/(?:image|services)',
  },
  { name: 'a registry', ask: ['registry', '--version'], fix: 'scripts/setup run', tests: outer },
  {
    name: 'the OpenSSH server',
    ask: ['sh', '-c', 'test -x /usr/sbin/sshd'],
    fix: 'scripts/setup run',
    tests: '/journeys/|/deploy-ssh/scenarios/',
  },
  {
    name: 'Prometheus and Alertmanager',
    ask: [
      'sh',
      '-c',
      'prometheus --version && promtool --version && prometheus-alertmanager --version && amtool --version',
    ],
    fix: 'scripts/setup run',
    tests: '/scenarios/stack/(?:alerts|alertmanager|prometheus)',
  },
  {
    name: 'Trivy',
    ask: ['trivy', '--version'],
    fix: 'scripts/setup run',
    tests: '/journeys/|/trivy-gate/scenarios/|/scenarios/example-app/image',
  },
  {
    name: 'the AWS CLI',
    ask: ['sh', '-c', 'test -x "$SLIPWAY_CACHE/aws-cli/aws"'],
    fix: 'scripts/setup run',
    tests: '/local-cloud/scenarios/aws-cli',
  },
  {
    name: "Microsoft's Python client of container groups",
    ask: ['sh', '-c', 'test -d "$SLIPWAY_CACHE/azure-sdk/packages"'],
    fix: 'scripts/setup run',
    tests: '/local-cloud/scenarios/azure-clients',
  },
  {
    name: 'a Kubernetes',
    ask: [
      'sh',
      '-c',
      `if test "$SLIPWAY_KUBECONFIG"; then ${existingAnswers}; else ${ownCluster}; fi`,
    ],
    fix: 'as root on Linux: scripts/setup kubernetes; or SLIPWAY_KUBECONFIG=file of a cluster that answers and shares the loopback of this computer (k3s)',
    tests:
      '/local-cloud/scenarios/kubernetes|/deploy-k8s/scenarios/(?!connection/)|/infra/k8s/scenarios/|/journeys/ship-k8s',
  },
  {
    name: 'a Kubernetes of its own, whose API server a test may stop',
    ask: ['sh', '-c', `test -z "$SLIPWAY_KUBECONFIG" && ${ownCluster}`],
    fix: 'as root on Linux: scripts/setup kubernetes, and no SLIPWAY_KUBECONFIG',
    tests:
      '/local-cloud/scenarios/kubernetes(?:-leaves-nothing)?[.]test|/deploy-k8s/scenarios/restart|/infra/k8s/scenarios/|/journeys/ship-k8s',
  },
  {
    name: 'Helm and Kustomize',
    ask: ['sh', '-c', 'cd "$SLIPWAY_CACHE/renderers" && test -x helm && test -x kustomize'],
    fix: 'scripts/setup kubernetes',
    tests: '/deploy-k8s/scenarios/rendered',
  },
  {
    name: 'Kustomize and the schemas of Kubernetes',
    ask: [
      'sh',
      '-c',
      'cd "$SLIPWAY_CACHE" && test -x renderers/kustomize && ls kubernetes-schemas/',
    ],
    fix: 'scripts/setup kubernetes',
    tests: '/scenarios/example-app/manifests',
  },
  {
    name: 'Chromium',
    ask: ['chromium', '--version'],
    fix: 'scripts/setup browser, as root on Debian or with SLIPWAY_BROWSER=path of Chromium or Chrome',
    tests: '/local-cloud/scenarios/browser|/scenarios/example-app/page',
  },
  { name: 'act', ask: ['act', '--version'], fix: 'scripts/setup run', tests: '/journeys/' },
  {
    name: 'Terraform with its provider for AWS',
    ask: [join(root, 'scripts/terraform'), 'ready', 'infra/aws'],
    fix: 'install Terraform 1.9 or newer (developer.hashicorp.com/terraform), and reach registry.terraform.io or a mirror of it',
    tests: '/infra/aws/scenarios/',
    limit: 330_000,
  },
  {
    name: 'Terraform with its provider for Azure',
    ask: [join(root, 'scripts/terraform'), 'ready', 'infra/azure'],
    fix: 'reach registry.terraform.io or a mirror of it, or build it in the background with scripts/setup azurerm',
    tests: '/infra/azure/scenarios/',
    limit: 330_000,
  },
];

const folder = process.argv[2] ?? 'out/test';
const files = globSync('{packages/*/,actions/*/,infra/*/,}scenarios/**/*.test.ts', { cwd: root })
  .concat(globSync('journeys/**/*.test.ts', { cwd: root }))
  .map((file) => `/${file}`);

const left = needs.filter(({ ask: [command, ...args], limit }) => !answers(command, args, limit));
const skipped = new Set<string>();
for (const { fix, name, tests } of left) {
  const own = files.filter((file) => new RegExp(tests).test(file));
  for (const file of own) skipped.add(file);
  console.error(`test: MISSING ${name}: ${own.length} test files are SKIPPED. To have it: ${fix}`);
  console.log(tests);
}
const numPendingTests = [...skipped].reduce((sum, file) => sum + testsIn(file), 0);
if (existsSync(folder)) {
  writeFileSync(join(folder, 'missing.json'), JSON.stringify({ numPendingTests }));
}

function answers(command: string, args: readonly string[], timeout = 20_000): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore', timeout });
    return true;
  } catch {
    return false;
  }
}

// A table counts once, as its rows are known to the test alone.
function testsIn(file: string): number {
  const text = readFileSync(join(root, file), 'utf8');
  return Math.max(1, [...text.matchAll(/^\s*(?:it|test)(?:\.each[^(]*)?\(/gm)].length);
}

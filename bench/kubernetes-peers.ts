import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ShopCluster,
  type ShopNamespace,
  shopManifests,
  startShopCluster,
} from '../actions/deploy-k8s/scenarios/shop-cluster.ts';
import { startKubernetes } from '../packages/local-cloud/src/kubernetes/kubernetes.ts';
import { cached, kubectlProgram } from '../packages/local-cloud/src/kubernetes/programs.ts';
import type { Row } from './measure.ts';

/** Seconds from knowable to red. */
const bar = 3;
/** How long the others are waited for after that, in seconds; their own limits are minutes. */
const patience = 30;
const look = 50;

/** A rollout that cannot succeed. */
interface Bad {
  what: string;
  image(cluster: ShopCluster): Promise<string>;
  /** Whether the pods, as the API server has them, say it. */
  isKnowable(pods: string): boolean;
  /** What somebody has to read to know why. */
  reason: RegExp;
}

const bads: readonly Bad[] = [
  {
    what: 'crash loop',
    image: (cluster) => cluster.image('crash', 'crash'),
    isKnowable: (pods) => /"restartCount":[1-9]/.test(pods),
    reason: /cannot open the database/,
  },
  {
    what: 'image that is not there',
    image: async (cluster) => (await cluster.image('one')).replace(/[0-9a-f]{64}$/, '0'.repeat(64)),
    isKnowable: (pods) => pods.includes('"reason":"ErrImagePull"'),
    reason: /not found|no such image/,
  },
];

/** How one of the tools did. */
interface Seen {
  /** Seconds from knowable to red; undefined when it was still waiting after {@link patience}. */
  seconds: number | undefined;
  saysWhy: boolean;
}

/** A tool that was told to change the image. */
interface Started {
  /** Resolves once it says that it failed; never when all is well. */
  red: Promise<unknown>;
  /** Resolves with its exit code. */
  done: Promise<number | null>;
  printed(): string;
  stop(): void;
}

type Tool = (image: string, shop: ShopNamespace, cluster: ShopCluster) => Promise<Started>;

/** How late deploy-k8s, kubectl and helm notice two bad rollouts, beside each other on one cluster. */
export async function kubernetesPeers(): Promise<Row[]> {
  if (process.getuid?.() !== 0) {
    const what = 'deploy-k8s, kubectl and helm: knowable to red';
    return [{ what, measured: 'is for root', bar: `≤ ${bar} s`, held: undefined }];
  }
  await using own = await startKubernetes();
  await using cluster = await startShopCluster(own);
  const rows: Row[] = [];
  for (const bad of bads) {
    const [ours, kubectl, helm] = await Promise.all(
      [byAction, byKubectl, byHelm].map((tool) => watched(tool, bad, cluster)),
    );
    if (!(ours && kubectl && helm)) throw new Error('a tool is missing');
    rows.push({
      what: `deploy-k8s: ${bad.what}, knowable to red`,
      measured: `${told(ours)}; kubectl: ${told(kubectl)}; helm: ${told(helm)}`,
      bar: `≤ ${bar} s and says why`,
      held: ours.saysWhy && ours.seconds !== undefined && ours.seconds <= bar,
    });
  }
  return rows;
}

function told({ saysWhy, seconds }: Seen): string {
  const when = seconds === undefined ? `not within ${patience} s` : `${seconds.toFixed(2)} s`;
  return `${when}, ${saysWhy ? 'says why' : 'does not say why'}`;
}

async function watched(tool: Tool, bad: Bad, cluster: ShopCluster): Promise<Seen> {
  const shop = await cluster.shop();
  const good = await tool(await cluster.image('one'), shop, cluster);
  if ((await good.done) !== 0) throw new Error(good.printed());
  const started = await tool(await bad.image(cluster), shop, cluster);
  const red = started.red.then(() => performance.now());
  const pods = `/api/v1/namespaces/${shop.name}/pods`;
  const latest = performance.now() + 60_000;
  while (!bad.isKnowable((await cluster.kubernetes.ask('GET', pods)).body)) {
    if (performance.now() > latest) throw new Error(`no ${bad.what} within a minute`);
    await sleep(look);
  }
  const known = performance.now();
  const at = await Promise.race([red, sleep(patience * 1_000, undefined)]);
  if (at === undefined) started.stop();
  await started.done;
  return {
    seconds: at === undefined ? undefined : Math.max(0, at - known) / 1_000,
    saysWhy: bad.reason.test(started.printed()),
  };
}

async function byAction(image: string, shop: ShopNamespace): Promise<Started> {
  const step = shop.start({ image, manifests: shopManifests(), 'health-path': '/' });
  const red = new Promise<void>((resolve) => {
    // The reason and the log are there, and nothing was undone yet.
    step.saw(/^(?:done|FAILED): diagnose/m).then(resolve, () => undefined);
  });
  const done = step.done.then(({ code }) => code);
  return { red, done, printed: step.log, stop: () => step.kill('SIGKILL') };
}

/** As a workflow does it: apply, then wait. */
async function byKubectl(
  image: string,
  shop: ShopNamespace,
  cluster: ShopCluster,
): Promise<Started> {
  await shop.apply(manifests(image));
  const wait = ['rollout', 'status', 'deployment/shop'];
  return run(kubectlProgram(), [...wait, '--namespace', shop.name], cluster);
}

async function byHelm(image: string, shop: ShopNamespace, cluster: ShopCluster): Promise<Started> {
  const chart = join(cluster.runner.temp, 'shop');
  await mkdir(join(chart, 'templates'), { recursive: true });
  const head = { apiVersion: 'v2', name: 'shop', version: '1.0.0' };
  await writeFile(join(chart, 'Chart.yaml'), JSON.stringify(head));
  await writeFile(join(chart, 'templates/shop.yaml'), manifests('{{ .Values.image }}'));
  const upgrade = ['upgrade', '--install', 'shop', chart, '--set', `image=${image}`];
  const wait = ['--wait', '--timeout', '10m', '--namespace', shop.name];
  return run(cached('renderers/helm'), [...upgrade, ...wait], cluster);
}

const manifests = (image: string) =>
  shopManifests().replace('"image":"shop"', `"image":"${image}"`);

/** Starts a program that reads a kubeconfig. Its end with anything but 0 is its red. */
async function run(
  program: string,
  args: readonly string[],
  { kubernetes, runner }: ShopCluster,
): Promise<Started> {
  const file = join(runner.temp, 'kubeconfig');
  await writeFile(file, kubernetes.kubeconfig, { mode: 0o600 });
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, KUBECONFIG: file, HOME: runner.temp, NO_PROXY: '127.0.0.1' },
  });
  let printed = '';
  const take = (chunk: Buffer) => {
    printed += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const done = once(child, 'close').then((): number | null => child.exitCode);
  const red = done.then((code) => (code === 0 ? new Promise<never>(() => undefined) : code));
  return { red, done, printed: () => printed, stop: () => void child.kill('SIGTERM') };
}

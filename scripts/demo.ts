// The main job, told as a story: a commit becomes a proven container, a broken commit is refused with
// its reason, and the version before serves on. TARGET says where, KEEP=1 leaves it running.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ActRun } from '../packages/local-cloud/src/act.ts';
import { aciShop } from '../packages/local-cloud/src/shop/aci-place.ts';
import { ecsShop } from '../packages/local-cloud/src/shop/ecs-place.ts';
import { k8sShop } from '../packages/local-cloud/src/shop/k8s-place.ts';
import { openShop, type Shop, type ShopPlace } from '../packages/local-cloud/src/shop/shop.ts';
import { sshShop } from '../packages/local-cloud/src/shop/ssh-place.ts';
import { summaryPage } from '../packages/local-cloud/src/summary-page.ts';

const root = join(import.meta.dirname, '..');
const begin = performance.now();
const verbose = process.env['VERBOSE'] === '1';
const keep = process.env['KEEP'] === '1';
const failures: string[] = [];

const seconds = () => `${((performance.now() - begin) / 1_000).toFixed(1).padStart(5)} s`;
const say = (text = '') => console.log(text);
const step = (text: string) => say(`${seconds()}  ${text}`);
const holds = (what: string, held: boolean) => {
  step(`${held ? '✓' : '✗'} ${what}`);
  if (!held) failures.push(what);
};

interface Scene {
  shop: Shop<ShopPlace>;
  /** What the app is shipped to, for people. */
  place: string;
}

const targets: Readonly<Record<string, () => Promise<Scene>>> = {
  async ssh() {
    const shop = await openShop(sshShop);
    return { shop, place: `an SSH host at ${shop.place.host}` };
  },
  async ecs() {
    const shop = await openShop(ecsShop);
    return { shop, place: `an emulated Amazon ECS, whose load balancer is ${shop.place.url}` };
  },
  async aci() {
    const shop = await openShop(aciShop);
    return { shop, place: 'an emulated Azure Container Instances with real containers' };
  },
  async k8s() {
    const shop = await openShop(k8sShop);
    return { shop, place: `a real Kubernetes at ${shop.place.kubernetes.server}` };
  },
};

const target = process.env['TARGET'] || 'ssh';
const open = targets[target];
if (!open) {
  console.error(
    `demo: there is no TARGET ${target}; targets are ${Object.keys(targets).join(', ')}`,
  );
  process.exit(2);
}
const name = `ship-${target}.yml`;
say(`Slipway demo: the example app, shipped by the released ${name} under act\n`);
execFileSync(process.execPath, [join(root, 'scripts/release-tree.ts')], { stdio: 'inherit' });
step('the release tree is in out/release, as a tag would contain it');

const { shop, place } = await open();
try {
  await tell();
} finally {
  await shop[Symbol.asyncDispose]();
}

if (failures.length > 0) {
  say(
    `\n${seconds()}  NOT all of it held:\n${failures.map((failure) => `         - ${failure}`).join('\n')}`,
  );
  process.exitCode = 1;
} else {
  say(`\n${seconds()}  all of it held`);
}

async function tell(): Promise<void> {
  step(`a registry at ${shop.registry.host}, ${place}`);
  step(`a user's repository in ${shop.repository.folder}; its workflow:`);
  const workflow = readFileSync(join(shop.repository.folder, '.github/workflows/ship.yml'), 'utf8');
  say(workflow.trimEnd().replace(/^/gm, '           '));

  const good = await shop.repository.commit('feat: open the shop');
  step(`commit ${short(good)} "feat: open the shop" is pushed`);
  const first = await ship();
  holds(`${name} is green`, first.code === 0);
  const serving = await shop.info();
  holds(`${shop.place.url} serves ${short(serving?.commit)}`, serving?.commit === good);

  const tags = await shop.repository.tagsOf(good);
  holds(`${short(good)} is tagged: ${tags.join(', ')}`, tags.includes('v0.1.0'));

  await shop.breakApp();
  const bad = await shop.repository.commit('feat: read the database URL');
  step(`commit ${short(bad)} "feat: read the database URL" is pushed; it cannot start`);
  const second = await ship();
  holds(`${name} is red`, second.code !== 0);
  const reason = annotation(second.log);
  holds(
    `it says why: ${reason.split('%0A')[0]}`,
    /deploy-\w+: (?:aci|deploy|ecs|k8s)\//.test(reason),
  );
  const found = second.summaries.join('\n');
  holds(
    'the summary shows the last log line: The setting DATABASE_URL is missing',
    found.includes('The setting DATABASE_URL is missing'),
  );
  holds(`${short(bad)} has no tag`, (await shop.repository.tagsOf(bad)).length === 0);
  const after = await shop.info();
  holds(`${shop.place.url} still serves ${short(after?.commit)}`, after?.commit === good);

  const page = writePage([
    { title: `Commit ${short(good)}`, run: first },
    { title: `Commit ${short(bad)}`, run: second },
  ]);
  say(
    `\nThe app:          ${shop.place.url}${keep ? '' : '  (stops now; KEEP=1 leaves it running)'}`,
  );
  say(`The job summaries: ${page}`);
  if (keep) await untilInterrupted();
}

async function ship(): Promise<ActRun> {
  let job = '';
  const run = await shop.run({
    onLine(line) {
      // As act begins each line: [workflow/workflow/job].
      const [, where = '', text = line] = /^\[([^\]]*)\]\s*(.*)$/.exec(line) ?? [];
      if (verbose) say(`           ${line}`);
      else if (/^(?:done:|FAILED:|pushed:|deployed:|unchanged:|rolled-back:|failed:)/.test(text)) {
        const now = where.split('/').at(-1)?.trim() ?? '';
        if (now !== job) step(`  job ${now}`);
        job = now;
        step(`    ${text}`);
      }
    },
  });
  if (run.summaries.length === 0) say(run.log.split('\n').slice(-40).join('\n'));
  return run;
}

function annotation(log: string): string {
  return /::error title=(.*)/.exec(log)?.[1]?.replaceAll('%3A', ':').replace('::', ' — ') ?? '';
}

function short(commit: string | undefined): string {
  return commit?.slice(0, 7) ?? 'nothing';
}

function writePage(runs: Array<{ title: string; run: ActRun }>): string {
  const file = join(root, 'out/demo/summary.html');
  mkdirSync(join(root, 'out/demo'), { recursive: true });
  const parts = runs.map(({ title, run }) => `# ${title}\n\n${run.summaries.join('\n')}`);
  writeFileSync(file, summaryPage(parts.join('\n\n')));
  return file;
}

function untilInterrupted(): Promise<void> {
  say('\nIt keeps running. Ctrl-C stops it.');
  const held = setInterval(() => undefined, 60_000);
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        clearInterval(held);
        resolve();
      });
    }
  });
}

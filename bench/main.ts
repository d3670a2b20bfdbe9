// Measures the built bundles against the bars and prints one table. Ratios come from one run, as
// machines differ. Exits with 1 when a bar is not held. Arguments choose parts: the names below.
import { aciRollout } from './aci-rollout.ts';
import { buildPush } from './build-push.ts';
import { bundleSize } from './bundle-size.ts';
import { ecsFleet } from './ecs-fleet.ts';
import { ecsRollout } from './ecs-rollout.ts';
import { ecsWatch } from './ecs-watch.ts';
import { exampleApp } from './example-app.ts';
import { fiveCommands } from './five-commands.ts';
import { kubernetesPeers } from './kubernetes-peers.ts';
import { kubernetesStart } from './kubernetes-start.ts';
import { kubernetesWatch } from './kubernetes-watch.ts';
import { manyHosts } from './many-hosts.ts';
import type { Row } from './measure.ts';
import { releaseSize } from './release-size.ts';
import { semverTag } from './semver-tag.ts';
import { startUp } from './start-up.ts';
import { trivyGate } from './trivy-gate.ts';
import { upload } from './upload.ts';

const parts: Record<string, () => Promise<Row[]>> = {
  startUp,
  semverTag,
  buildPush,
  trivyGate,
  releaseSize,
  bundleSize,
  ecsRollout,
  ecsWatch,
  ecsFleet,
  aciRollout,
  kubernetesWatch,
  fiveCommands,
  manyHosts,
  upload,
  kubernetesStart,
  exampleApp,
  kubernetesPeers,
};
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) {
  console.error(
    `bench: no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`,
  );
  process.exit(2);
}
const rows: Row[] = [];
for (const [name, measure] of Object.entries(parts)) {
  if (asked.length === 0 || asked.includes(name)) rows.push(...(await measure()));
}
const cells = [
  ['what', 'measured', 'bar', ''],
  ...rows.map(({ what, measured, bar, held }) => [what, measured, bar, verdictOn(held)]),
];
const widths = [0, 1, 2, 3].map((column) =>
  Math.max(...cells.map((line) => line[column]?.length ?? 0)),
);
for (const line of cells) {
  console.log(
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
if (rows.some(({ held }) => held === false)) process.exitCode = 1;

function verdictOn(held: boolean | undefined): string {
  if (held === undefined) return 'SKIPPED';
  return held ? 'held' : 'NOT HELD';
}

// Measures the built bundles against the bars and prints one table. Ratios come from one run, as
// machines differ. Exits with 1 when a bar is not held.
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

const rows: Row[] = [
  ...(await startUp()),
  ...(await semverTag()),
  ...(await buildPush()),
  ...(await trivyGate()),
  ...(await releaseSize()),
  ...(await bundleSize()),
  ...(await ecsRollout()),
  ...(await ecsWatch()),
  ...(await ecsFleet()),
  ...(await aciRollout()),
  ...(await kubernetesWatch()),
  ...(await fiveCommands()),
  ...(await manyHosts()),
  ...(await upload()),
  ...(await kubernetesStart()),
  ...(await exampleApp()),
  ...(await kubernetesPeers()),
];
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

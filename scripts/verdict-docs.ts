import { verdictTable } from '../actions/deploy-k8s/src/verdict/table.ts';
import type { Kind, Verdict, VerdictRow } from '../actions/deploy-k8s/src/verdict/verdict-row.ts';

const titles: Readonly<Record<Kind, string>> = {
  image: 'Images',
  start: 'Starting a container',
  crash: 'Containers that end',
  probe: 'Probes',
  place: 'Nodes and networks',
  volume: 'Volumes',
  pod: 'Pods that are ended from outside',
  refusal: 'Pods that are not let in',
  workload: 'The workload itself',
  job: 'Jobs',
};

/** docs/kubernetes-verdicts.md: the table by which deploy-k8s judges a rollout. */
export function verdictDocs(): string {
  const kinds = Map.groupBy(verdictTable, ({ kind }) => kind);
  const sections = [...kinds].map(([kind, rows]) => `## ${titles[kind]}\n\n${tableOf(rows)}\n`);
  return `# Verdicts of deploy-k8s

What each reason of Kubernetes means for a rollout. Only pods of the revision that was just written count.
The first row that fits counts. Generated from \`actions/deploy-k8s/src/verdict\`.

- *at once*: the rollout has failed, as waiting longer does not help.
- *2nd try*, *2nd exit*, *after 5 s*: it has failed when it was tried so often, or has lasted so long.
- *explained*: it ends no rollout. It is said in the log, and in the job summary when \`timeout\` is over.

\`fatal-reasons\` makes reasons end a rollout at once, of a probe once all its tries are over;
\`tolerated-reasons\` lets none of them end it before \`timeout\`, and goes before \`fatal-reasons\`. A reason
that is not in the table is explained, with the words of Kubernetes.

- One pod that fails while others of its revision are ready may have a bad node. It ends the rollout of a
  Deployment or a DaemonSet when a second one fails in the same way, or after a minute. A StatefulSet stops at
  one pod, and so does its rollout.
- A container had been well when it was ready once; without a readiness probe, when it ran for 30 s. Kubernetes
  calls a container without a readiness probe ready as soon as it runs, so it is watched for 5 s before a rollout
  counts as settled.
- Once a rollout has settled, one exit ends it, until the job is green. An end by a liveness probe is counted
  as before.
- Kubernetes gives up a Deployment that makes no progress for \`progressDeadlineSeconds\`. That ends the rollout
  with what is known of its pods, unless it was so before the change.
- The exits of the pods of a Job are counted by Kubernetes (\`backoffLimit\`). All other rows hold for them too:
  an image that cannot be pulled never fails a Job by itself.

${sections.join('\n')}`;
}

function tableOf(rows: readonly VerdictRow[]): string {
  const lines = rows.map(({ cause, kind, reasons, remedy, verdict, when }) => {
    const words = reasons.map((reason) => `\`${reason}\``).join(', ');
    const cells = [words, when, verdictText(verdict, kind), cause, remedy];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return [
    '| reason | message | ends the rollout | meaning | what to do |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

function verdictText(verdict: Verdict, kind: Kind): string {
  if (verdict === 'now') return '**at once**';
  if (verdict === 'explain') return 'explained';
  const { after, times, timesOnceWell } = verdict;
  const what = kind === 'crash' ? 'exit' : kind === 'probe' ? 'time' : 'try';
  const parts = [
    times === undefined ? '' : `${nth(times)} ${what}`,
    timesOnceWell === undefined ? '' : `${nth(timesOnceWell)} where it had been well`,
    after === undefined ? '' : `after ${after / 1_000} s`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function nth(count: number): string {
  return `${count}${{ 1: 'st', 2: 'nd', 3: 'rd' }[count] ?? 'th'}`;
}

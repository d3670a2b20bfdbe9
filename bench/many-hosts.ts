import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { manySshd } from '../packages/local-cloud/src/hosts/many-sshd.ts';
import { makeRunner } from '../packages/local-cloud/src/runner.ts';
import type { Row } from './measure.ts';

const bundle = join(import.meta.dirname, '../actions/deploy-ssh/dist/index.js');
/** In one direction, in milliseconds. */
const delay = 40;
const most = { times: 2, megabytes: 300 };

const peakMemory = new URL('./peak-memory.ts', import.meta.url);

/**
 * A release on 50 hosts, ten at a time, against one on 10 hosts, two at a time, over lines of 80 ms
 * there and back: the same number of rounds, so five times the hosts should take the same time.
 */
export async function manyHosts(): Promise<Row[]> {
  const rows = ['deploy-ssh: 50 hosts, ten at a time', 'deploy-ssh: memory with 50 hosts'];
  const bars = [`≤ ${most.times} ×`, `≤ ${most.megabytes} MB`];
  if (process.getuid?.() !== 0) {
    return rows.map((what, row) => ({
      what,
      measured: 'not measured: needs root, for a mount namespace for each host',
      bar: bars[row] ?? '',
      held: undefined,
    }));
  }
  await using hosts = await manySshd(50);
  await using runner = await makeRunner();
  const worker = new Worker(new URL('./slow-link.ts', import.meta.url), {
    workerData: { to: hosts.all.map(({ port }) => port), delay },
  });
  try {
    const [ports]: number[][] = await once(worker, 'message');
    mkdirSync(join(runner.workspace, 'site'));
    for (const file of ['a', 'b', 'c']) writeFileSync(join(runner.workspace, 'site', file), file);
    // The same hosts, reached over the slow lines.
    const overLine = (text: string) =>
      hosts.all.reduce(
        (changed, { port }, index) => changed.replace(`:${port}`, `:${ports?.[index]}`),
        text,
      );
    const [addresses, pins] = [overLine(hosts.addresses), overLine(hosts.knownHosts)];
    const deploy = async (count: number, atOnce: number) => {
      for (const { folder } of hosts.all) {
        for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      }
      const inputs = {
        hosts: addresses.split('\n').slice(0, count).join('\n'),
        'private-key': hosts.privateKey,
        'known-hosts': pins,
        path: hosts.path,
        mode: 'release',
        source: 'site',
        'max-parallel': String(atOnce),
      };
      const step = await runner.start(bundle, inputs, { NODE_OPTIONS: `--import "${peakMemory}"` })
        .done;
      if (step.outputs['status'] !== 'deployed') throw new Error(step.log);
      return { ms: step.ms, kilobytes: Number(/^peak memory (\d+) KiB$/m.exec(step.log)?.[1]) };
    };
    const few = await deploy(10, 2);
    const many = await deploy(50, 10);
    const ratio = many.ms / few.ms;
    const megabytes = many.kilobytes / 1_024;
    return [
      {
        what: rows[0] ?? '',
        measured: `${ratio.toFixed(2)} × 10 hosts, two at a time (${(many.ms / 1_000).toFixed(1)} s)`,
        bar: bars[0] ?? '',
        held: ratio <= most.times,
      },
      {
        what: rows[1] ?? '',
        measured: `${megabytes.toFixed(0)} MB`,
        bar: bars[1] ?? '',
        held: megabytes <= most.megabytes,
      },
    ];
  } finally {
    await worker.terminate();
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { startKubernetes } from '../src/kubernetes/kubernetes.ts';
import { startMachine } from '../src/kubernetes/machine.ts';

const settings = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
];

/** What there is of a cluster, outside of itself. */
interface Left {
  folder: string[];
  links: string[];
  groups: string[];
  mounts: string[];
  processes: string[];
}
const gone: Left = { folder: [], links: [], groups: [], mounts: [], processes: [] };

describe('a cluster leaves the computer as it was', () => {
  it('while it runs and after it was disposed of', async () => {
    const before = sysctls();
    const cluster = await startKubernetes();
    const { folder } = cluster;
    try {
      expect(sysctls()).toEqual(before);
      expect(left(folder).mounts).toEqual([]);
      expect(left(folder).processes.length).toBeGreaterThan(6);
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
    expect(left(folder)).toEqual(gone);
    expect(sysctls()).toEqual(before);
  }, 180_000);

  it('after the process that started it was killed', async () => {
    const { child, folder } = await startInChild('cluster');
    child.kill('SIGKILL');
    await eventually(() => expect(left(folder)).toEqual(gone));
  }, 180_000);

  it('when the next one starts, where what cleans up was killed as well', async () => {
    const { child, folder } = await startInChild('machine');
    const holder = holderOf(child.pid ?? 0);
    process.kill(holder, 'SIGKILL');
    child.kill('SIGKILL');
    await eventually(() => expect(left(folder).processes).toEqual([]));
    expect(left(folder).folder).not.toEqual([]);
    const next = await startMachine();
    try {
      expect(next.folder).toBe(folder);
    } finally {
      await next[Symbol.asyncDispose]();
    }
    expect(left(folder)).toEqual(gone);
  }, 180_000);
});

function sysctls(): string[] {
  return settings.map((name) => readFileSync(join('/proc/sys', name), 'utf8').trim());
}

function left(folder: string): Left {
  const slot = basename(folder);
  const mine = `${folder}/`;
  return {
    folder: existsSync(folder) ? readdirSync(folder) : [],
    links: readdirSync('/sys/class/net').filter((link) => link === `slipway${slot}`),
    groups: globSync(`/sys/fs/cgroup/{,*/}slipway-kubernetes-${slot}`),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(mine)),
    processes: readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(commandOf)
      .filter((command) => command.includes(mine)),
  };
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended
  }
}

async function startInChild(what: 'cluster' | 'machine') {
  const script = join(import.meta.dirname, 'start-kubernetes.ts');
  const child = spawn(process.execPath, ['--conditions=source', script, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const folder = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => String(line)),
    once(child, 'exit').then(() => ''),
  ]);
  if (folder === '') throw new Error('the cluster did not start');
  return { child, folder };
}

/** The process of machine.bash that a process has started. */
function holderOf(parent: number): number {
  const found = readdirSync('/proc').find((pid) => {
    const isChild = /^\d+$/.test(pid) && parentOf(pid) === parent;
    return isChild && commandOf(pid).includes('machine.bash');
  });
  return Number(found);
}

function parentOf(pid: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return 0;
  }
}

/** Waits until what is asserted is true. */
async function eventually(assert: () => void): Promise<void> {
  for (const end = Date.now() + 60_000; ; await delay(50)) {
    try {
      return assert();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

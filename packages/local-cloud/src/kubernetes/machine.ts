import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

/** Where a program runs: on the network of this computer, or on that of the node. */
export type Network = 'computer' | 'node';

/** The namespaces of one cluster, see machine.bash. Disposing of them ends everything in them. */
export interface Machine extends AsyncDisposable {
  /** Number from 0 that no other cluster on this computer has. */
  slot: number;
  /** Folder of the cluster, for root alone; it is removed with the machine. */
  folder: string;
  /** Control group of the pods, below the root of every hierarchy. */
  controlGroup: string;
  /** Starts a program in the machine; it logs to `log/<name>` in the folder. */
  start(name: string, network: Network, command: readonly string[]): Promise<void>;
  /** Runs a command in the machine to its end. */
  run(network: Network, command: readonly string[]): Promise<string>;
  /** Rejects when a program ends that nobody has ended. */
  failure: Promise<never>;
  /** Ends a started program at once, and waits until it has ended. */
  kill(name: string): Promise<void>;
  /** The last lines of what each program has printed. */
  logs(): string;
}

/**
 * Makes the machine of a cluster.
 * @throws when this user may not, which is for root alone
 */
export async function startMachine(): Promise<Machine> {
  if (process.getuid?.() !== 0) throw new Error('a Kubernetes of its own is for root on Linux');
  const script = join(import.meta.dirname, '../../src/kubernetes/machine.bash');
  const holder = spawn('bash', [script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = once(holder, 'exit');
  const said = text(holder.stderr);
  const first = await Promise.race([
    once(createInterface(holder.stdout), 'line').then(([line]) => String(line)),
    ended.then(() => ''),
  ]);
  const [slot = '', pid = '', folder = ''] = first.split(' ');
  if (folder === '') {
    throw new Error(`the machine of the cluster did not start: ${(await said).trim()}`);
  }
  await mkdir(join(folder, 'log'));
  const programs = new Map<string, Promise<unknown>>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  let ending = false;
  const into = (network: Network) => [
    ...['--target', pid, '--mount', '--pid', `--wd=${folder}`],
    ...(network === 'node' ? ['--net'] : []),
  ];
  const log = (name: string) => join(folder, 'log', name);
  const run = async (network: Network, command: readonly string[]) => {
    const child = spawn('nsenter', [...into(network), ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, error, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${error || out}`);
    return out;
  };
  return {
    slot: Number(slot),
    folder,
    controlGroup: `/slipway-kubernetes-${slot}`,
    async start(name, network, command) {
      const file = openSync(log(name), 'a');
      // nsenter stays outside, hence the id that the program has inside.
      const remember = ['sh', '-c', `echo $$ >${name}.pid; exec "$@"`, 'sh'];
      const child = spawn('nsenter', [...into(network), ...remember, ...command], {
        stdio: ['ignore', file, file],
      });
      const exit = once(child, 'exit');
      programs.set(name, exit);
      exit.then(() => {
        if (!ending && programs.get(name) === exit) failed.reject(new Error(`${name} has ended`));
      });
      await once(child, 'spawn');
    },
    run,
    failure: failed.promise,
    async kill(name) {
      const exit = programs.get(name);
      programs.delete(name);
      const id = (await readFile(join(folder, `${name}.pid`), 'utf8')).trim();
      await run('computer', ['kill', '-KILL', id]);
      await exit;
    },
    logs: () =>
      readdirSync(join(folder, 'log'))
        .map((name) => {
          const last = readFileSync(log(name), 'utf8').split('\n').slice(-15);
          return `--- ${name}\n${last.join('\n')}`;
        })
        .join('\n'),
    async [Symbol.asyncDispose]() {
      ending = true;
      holder.stdin.end();
      await ended;
    },
  };
}

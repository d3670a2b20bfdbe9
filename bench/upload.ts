import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { knownHosts } from '../actions/deploy-ssh/src/keys/known-hosts.ts';
import { openKey } from '../actions/deploy-ssh/src/keys/open-key.ts';
import { openHost } from '../actions/deploy-ssh/src/ssh/host.ts';
import { readTree } from '../actions/deploy-ssh/src/upload/read-tree.ts';
import { uploadRelease } from '../actions/deploy-ssh/src/upload/upload.ts';
import { type LocalSshd, startSshd } from '../packages/local-cloud/src/sshd.ts';
import { inTurn, median, type Row, timed } from './measure.ts';

const rounds = 5;
const files = 500;
const size = 100 * 1024;
/** In one direction, in milliseconds. */
const delay = 40;

/**
 * 50 MB that do not compress, over a line of 80 ms there and back: the upload of a release, from the
 * files in the workspace to the proven folder on the host, against OpenSSH and tar; and, over an open
 * connection, the next release, of which 1 % of the files changed, against the first.
 */
export async function upload(): Promise<Row[]> {
  await using sshd = await startSshd();
  const worker = new Worker(new URL('./slow-link.ts', import.meta.url), {
    workerData: { to: [sshd.port], delay },
  });
  try {
    const [[port = 0] = []]: number[][] = await once(worker, 'message');
    return await measure(sshd, port);
  } finally {
    await worker.terminate();
  }
}

async function measure(sshd: LocalSshd, port: number): Promise<Row[]> {
  const { signal } = new AbortController();
  const work = mkdtempSync(join(sshd.folder, 'work-'));
  const host = join(sshd.folder, 'host');
  for (let file = 0; file < files; file += 1) change(work, file);

  const known = sshd.knownHosts.replace(`${sshd.port}`, `${port}`);
  const knownFile = join(sshd.folder, 'known_hosts');
  writeFileSync(knownFile, `${known}\n`);
  const options = `-p ${port} -i ${sshd.folder}/user_key -o UserKnownHostsFile=${knownFile} -o IdentitiesOnly=yes`;
  const emptied = () => {
    rmSync(host, { recursive: true, force: true });
    mkdirSync(host);
  };
  const bySsh = () => {
    emptied();
    const command = `tar -cf - -C ${work} . | ssh ${options} ${sshd.user}@127.0.0.1 tar -xf - -C ${host}`;
    return timed('bash', ['-o', 'pipefail', '-c', command]);
  };

  const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
  const address = { user: sshd.user, host: '127.0.0.1', port, text: sshd.address };
  const connect = () => openHost(address, { key, pins: knownHosts.parse(known) });
  const release = { path: host, signal, say: () => undefined };
  const byUs = async () => {
    emptied();
    const start = performance.now();
    const tree = await readTree(work, signal);
    const connection = await connect();
    await uploadRelease(connection, { ...release, tree, id: '1', previous: undefined });
    const ms = performance.now() - start;
    await connection.close();
    return ms;
  };
  const against = await inTurn(rounds, byUs, bySsh);

  const connection = await connect();
  await connection.run('connecting', ':', signal);
  // Bytes do not depend on how busy the machine is.
  let sent = 0;
  const uploaded = async (id: string, previous: string | undefined) => {
    const tree = await readTree(work, signal);
    const start = performance.now();
    ({ sent } = await uploadRelease(connection, { ...release, tree, id, previous }));
    return performance.now() - start;
  };
  const first = () => {
    emptied();
    return uploaded('1', undefined);
  };
  const second = () => {
    for (let file = 0; file < files / 100; file += 1) change(work, file * 100);
    return uploaded('2', '1');
  };
  const next = await inTurn(rounds, first, second);
  await connection.close();

  const ratio = median(against.map(({ a, b }) => a / b));
  const share = median(next.map(({ a, b }) => b / a));
  const seconds = (values: number[]) => `${(median(values) / 1_000).toFixed(2)} s`;
  return [
    {
      what: 'deploy-ssh: 50 MB at 80 ms, connected, sent and proven',
      measured: `${ratio.toFixed(2)} × tar over OpenSSH (${seconds(against.map(({ a }) => a))})`,
      bar: '≤ 1.05 ×',
      held: ratio <= 1.05,
    },
    {
      what: 'deploy-ssh: the next 50 MB with 1 % of the files changed',
      measured: `${share.toFixed(2)} × the first (${seconds(next.map(({ b }) => b))}, ${(sent / 1_000_000).toFixed(2)} MB sent)`,
      bar: '≤ 0.2 ×',
      held: share <= 0.2,
    },
  ];
}

function change(work: string, file: number): void {
  const folder = join(work, `folder-${file % 20}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `file-${file}`), randomBytes(size));
}

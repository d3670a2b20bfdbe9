import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownHosts } from '../actions/deploy-ssh/src/keys/known-hosts.ts';
import { openKey } from '../actions/deploy-ssh/src/keys/open-key.ts';
import { hostAddress } from '../actions/deploy-ssh/src/ssh/address.ts';
import { openHost } from '../actions/deploy-ssh/src/ssh/host.ts';
import { script } from '../actions/deploy-ssh/src/ssh/shell.ts';
import { startSshd } from '../packages/local-cloud/src/sshd.ts';
import { inTurn, median, type Row, timed } from './measure.ts';

const commands = 5;
const bar = 0.4;

/**
 * Five scripts that do nothing, one after the other, in a login shell of the same sshd on loopback:
 * over a connection that we make for them, and by five runs of ssh that share a ControlMaster, which
 * the first one makes and the last one ends. Our process is there already, as it is in a deployment;
 * a run of ssh is a process each time, as that is the only way to run it.
 */
export async function fiveCommands(): Promise<Row[]> {
  await using sshd = await startSshd();
  const { folder, user, port, address } = sshd;
  writeFileSync(join(folder, 'known_hosts'), `${sshd.knownHosts}\n`);
  writeFileSync(join(folder, 'script'), script(':', 'mark'));
  const { signal } = new AbortController();
  const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
  const byUs = async () => {
    const start = performance.now();
    const host = await openHost(hostAddress.parse(address), {
      key,
      pins: knownHosts.parse(sshd.knownHosts),
    });
    for (let run = 0; run < commands; run += 1) await host.run('nothing', ':', signal);
    await host.close();
    return performance.now() - start;
  };
  const shared = `-o ControlMaster=auto -o ControlPath=${folder}/master -o ControlPersist=60`;
  const options = `-p ${port} -i ${folder}/user_key -o UserKnownHostsFile=${folder}/known_hosts -o IdentitiesOnly=yes ${shared}`;
  const ssh = `ssh -q ${options} ${user}@127.0.0.1`;
  const all = `for run in $(seq ${commands}); do ${ssh} bash -ls <${folder}/script || exit; done; ${ssh} -O exit`;
  const pairs = await inTurn(9, byUs, () => timed('bash', ['-c', all]));
  const ratio = median(pairs.map(({ a, b }) => a / b));
  return [
    {
      what: 'deploy-ssh: five commands over a connection of their own',
      measured: `${ratio.toFixed(2)} × five ssh with ControlMaster (${median(pairs.map(({ a }) => a)).toFixed(0)} ms)`,
      bar: `≤ ${bar} ×`,
      held: ratio <= bar,
    },
  ];
}

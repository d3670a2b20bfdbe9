import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patience } from '../../../packages/local-cloud/src/patience.ts';
import { freePort } from '../../../packages/local-cloud/src/program.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { knownHosts } from '../src/keys/known-hosts.ts';
import { openKey } from '../src/keys/open-key.ts';
import { hostAddress } from '../src/ssh/address.ts';
import { openHost } from '../src/ssh/host.ts';
import { openJumps } from '../src/ssh/jumps.ts';
import { type Key, makeKey, passphrase } from './keys.ts';
import { startSilentServer } from './silent-server.ts';
import { bundle, cutSessions } from './world.ts';

/** Two jump hosts, one that lets nobody through, and a host; all with keys of their own. */
describe('through jump hosts', () => {
  let outer: LocalSshd;
  let inner: LocalSshd;
  let closed: LocalSshd;
  let target: LocalSshd;
  let runner: Runner;
  let key: Key;
  let pins: string;

  beforeAll(async () => {
    const verbose = 'LogLevel VERBOSE';
    [outer, inner, closed, target, runner, key] = await Promise.all([
      startSshd(verbose),
      startSshd(verbose),
      startSshd('AllowTcpForwarding no'),
      startSshd(verbose),
      makeRunner(),
      makeKey('-t ed25519 -a 1', true),
    ]);
    for (const { folder } of [outer, inner, closed]) {
      await appendFile(join(folder, 'user_key.pub'), key.open);
    }
    const lines = [outer, inner, closed, target].map((sshd) => sshd.knownHosts);
    pins = [...lines, ...lines.map(asIpv6)].join('\n');
    await mkdir(join(runner.workspace, 'site'));
    await writeFile(join(runner.workspace, 'site/index.html'), 'hello');
  }, 30_000);
  afterAll(async () => {
    const all = [outer, inner, closed, target, runner];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
  }, 30_000);

  const start = (inputs: Record<string, string> = {}) =>
    runner.start(bundle, {
      hosts: target.address,
      'private-key': target.privateKey,
      'known-hosts': pins,
      jump: outer.address,
      'jump-private-key': key.secret,
      'jump-passphrase': passphrase,
      path: join(target.folder, 'app'),
      mode: 'release',
      source: 'site',
      ...inputs,
    });

  it('a host is deployed to, and each of them sees its own key only', async () => {
    const all = [outer, inner, target];
    const [before, shut] = [all.map(logins), all.map(refusals)];
    const step = await start({
      path: join(target.folder, `app-${before.join('-')}`),
      jump: `${outer.address}\n${asIpv6(inner.address)}`,
      before: 'echo first; echo second',
    }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['status']).toBe('deployed');
    expect(step.log).toMatch(/^ {2}\| first\n {2}\| second$/m);
    expect(all.map(logins)).toEqual(before.map((count) => count + 1));
    expect(all.map(refusals)).toEqual(shut);
  }, 30_000);

  it('an IPv6 address is reached, and with the key of the hosts when there is no other', async () => {
    await appendFile(
      join(outer.folder, 'user_key.pub'),
      await readFile(join(target.folder, 'user_key.pub')),
    );
    const step = await start({
      hosts: asIpv6(target.address),
      'jump-private-key': '',
      'jump-passphrase': '',
      'dry-run': 'true',
    }).done;
    expect(step.errors).toEqual([]);
    expect(step.outputs['status']).toBe('planned');
  }, 30_000);

  /** The annotation of a run that must be red, with this code. */
  async function refused(code: string, inputs: Record<string, string>): Promise<string> {
    const step = await start(inputs).done;
    expect(step.errors.map(({ title }) => title)).toEqual([`deploy-ssh: ${code}`]);
    expect([step.code, step.outputs['reason']]).toEqual([1, code]);
    return step.errors[0]?.text ?? '';
  }

  it('a failure names the one that failed', async () => {
    const before = [logins(target), refusals(inner)];
    const port = await freePort();
    const nobody = `deploy@127.0.0.1:${port}`;
    const through = `through jump host 127.0.0.1:${outer.port}`;
    const without = (sshd: LocalSshd) =>
      pins.split('\n').filter((l) => !l.includes(`:${sshd.port} `));
    const [unreachable, second, login, forwarding, silent, pin, targetPin] = await Promise.all([
      refused('ssh/unreachable', { jump: nobody }),
      refused('ssh/unreachable-through', { jump: `${outer.address}\n${nobody}` }),
      refused('ssh/auth', {
        hosts: `${target.address}\n${target.address.replace('127.0.0.1', 'localhost')}`,
        'jump-private-key': target.privateKey,
        'jump-passphrase': '',
        jump: inner.address,
      }),
      refused('ssh/jump-forwarding', { jump: closed.address }),
      refused('ssh/unreachable-through', { hosts: nobody }),
      refused('ssh/host-key-unknown', { 'known-hosts': without(outer).join('\n') }),
      refused('ssh/host-key-unknown', { 'known-hosts': without(target).join('\n') }),
    ]);
    expect(unreachable).toContain(`jump host 127.0.0.1:${port} could not be reached: connect`);
    expect(second).toContain(`jump host 127.0.0.1:${port} could not be reached ${through}: `);
    expect(login).toContain(
      `jump host 127.0.0.1:${inner.port} did not accept the key (ssh-ed25519`,
    );
    expect(forwarding).toContain(
      `jump host 127.0.0.1:${closed.port} does not let user ${closed.user} through to 127.0.0.1:${target.port}`,
    );
    expect(forwarding).toContain('AllowTcpForwarding');
    expect(silent).toContain(
      `127.0.0.1:${port} could not be reached ${through}: Connection refused.`,
    );
    expect(silent).not.toContain(`jump host 127.0.0.1:${port}`);
    expect(pin).toContain('The host key of jump host 127.0.0.1 is not in known-hosts.');
    expect(pin).toContain(outer.knownHosts);
    expect(targetPin).toContain('The host key of 127.0.0.1 is not in known-hosts.');
    expect(targetPin).toContain(target.knownHosts);
    const [reached, refusedBefore = 0] = before;
    expect([logins(target), refusals(inner)]).toEqual([reached, refusedBefore + 1]);
  }, 30_000);

  it('a run that is cancelled ends at once, also while the host behind them says nothing', async () => {
    const { server, port, called } = await startSilentServer();
    try {
      const step = start({ hosts: `deploy@127.0.0.1:${port}` });
      await called;
      const asked = performance.now();
      step.kill('SIGINT');
      const result = await step.done;
      const took = performance.now() - asked;
      expect(took).toBeLessThan(await patience(2_000));
      expect([result.code, result.outputs['status']]).toEqual([1, 'cancelled']);
    } finally {
      server.close();
    }
  }, 30_000);

  it('several hosts share the connections, which are made anew once they were lost', async () => {
    const { signal } = new AbortController();
    const trusted = knownHosts.parse(pins);
    const jumpKey = await openKey({ text: key.secret, passphrase });
    const hostKey = await openKey({ text: target.privateKey, passphrase: undefined });
    const hops = [outer, inner].map(({ address }) => hostAddress.parse(address));
    const jumps = await openJumps(hops, { key: jumpKey, pins: trusted });
    const hosts = await Promise.all(
      Array.from({ length: 12 }, () =>
        openHost(hostAddress.parse(target.address), { key: hostKey, pins: trusted }, jumps),
      ),
    );
    const said = () =>
      Promise.all(
        hosts.map(async (host) => {
          const script = `echo "\${SSH_AUTH_SOCK-no agent}"`;
          return (await host.run('looking for an agent', script, signal)).stdout;
        }),
      );
    const before = logins(inner);
    expect(new Set(await said())).toEqual(new Set(['no agent\n']));
    expect(logins(inner)).toBe(before + 1);
    const cut = hosts[0]?.run('waiting', 'echo on >&2; sleep 20', signal, {
      onStderr: () => cutSessions(outer),
    });
    await expect(cut).rejects.toMatchObject({ code: 'ssh/lost' });
    expect(new Set(await said())).toEqual(new Set(['no agent\n']));
    expect(logins(inner)).toBe(before + 2);
    await Promise.all(hosts.map((host) => host.close()));
    await jumps.close();
  }, 30_000);
});

function logins(sshd: LocalSshd): number {
  return sshd.log().match(/Accepted publickey/g)?.length ?? 0;
}

function refusals(sshd: LocalSshd): number {
  return sshd.log().match(/Failed publickey/g)?.length ?? 0;
}

/** An address or a line of known_hosts with IPv4 in the clothes of IPv6 (RFC 4291, 2.5.5.2). */
function asIpv6(text: string): string {
  return text.replace(/\[?127\.0\.0\.1\]?/, '[::ffff:127.0.0.1]');
}

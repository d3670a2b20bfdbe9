import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { patience } from '../../../packages/local-cloud/src/patience.ts';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { knownHosts } from '../src/keys/known-hosts.ts';
import { openKey } from '../src/keys/open-key.ts';
import { hostAddress } from '../src/ssh/address.ts';
import { type Host, openHost } from '../src/ssh/host.ts';

const { signal } = new AbortController();

async function open(sshd: LocalSshd): Promise<Host & AsyncDisposable> {
  const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
  const pins = knownHosts.parse(sshd.knownHosts);
  const host = await openHost(hostAddress.parse(sshd.address), { key, pins });
  return { ...host, [Symbol.asyncDispose]: host.close };
}

const said = async (host: Host, script: string) =>
  (await host.run('a step', script, signal)).stdout;

/** The next script's shell is started while a script runs; nobody may notice. */
describe('scripts one after the other', () => {
  it.each([1, 2, 10])(
    'run where a connection may have %i sessions',
    async (sessions) => {
      await using sshd = await startSshd(`MaxSessions ${sessions}`);
      await using host = await open(sshd);
      for (const text of 'abcdefghij') expect(await said(host, `echo ${text}`)).toBe(`${text}\n`);
      const stopped = new AbortController();
      const start = performance.now();
      const waiting = host.run('waiting', 'echo on >&2; sleep 60', stopped.signal, {
        onStderr: () => stopped.abort(new Error('stopped')),
      });
      await expect(waiting).rejects.toThrow('stopped');
      const took = performance.now() - start;
      // Where there is no second session the connection is given up, after 3 s.
      if (sessions > 1) expect(took).toBeLessThan(await patience(2_000));
      expect(await said(host, 'echo again')).toBe('again\n');
    },
    30_000,
  );

  it('end with what they end with, and what they print comes in its order', async () => {
    await using sshd = await startSshd();
    await using host = await open(sshd);
    const run = (script: string) => host.run('a step', script, signal);
    expect(await run('exit 7')).toMatchObject({ code: 7, signal: undefined });
    expect(await run('kill -KILL $$')).toMatchObject({ code: undefined, signal: 'SIGKILL' });
    expect(await run('\n  \n\necho a\n\necho b\nfalse\necho c')).toMatchObject({
      code: 1,
      stdout: 'a\nb\n',
    });
    const lines: string[] = [];
    const printing = 'for n in $(seq 500); do echo "line $n" >&2; done; printf end >&2';
    await host.run('a step', printing, signal, { onStderr: (line) => lines.push(line) });
    expect(lines).toEqual([...Array.from({ length: 500 }, (_, n) => `line ${n + 1}`), 'end']);
  }, 30_000);

  it('see the profile as the step before them left it', async () => {
    await using sshd = await startSshd();
    await using host = await open(sshd);
    const profile = join(sshd.home, '.profile');
    expect(await said(host, 'printenv WHO || echo nobody')).toBe('nobody\n');
    await appendFile(profile, 'export WHO=first\n');
    host.refresh();
    expect(await said(host, 'printenv WHO || echo nobody')).toBe('first\n');
    // Now while the next shell may be on its way.
    await said(host, `echo 'export WHO=second' >> ${profile}`);
    host.refresh();
    expect(await said(host, 'printenv WHO || echo nobody')).toBe('second\n');
  }, 30_000);
});

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type LocalSshd, startSshd } from '../../../packages/local-cloud/src/sshd.ts';
import { knownHosts } from '../src/keys/known-hosts.ts';
import { openKey } from '../src/keys/open-key.ts';
import { hostAddress } from '../src/ssh/address.ts';
import { type Host, openHost } from '../src/ssh/host.ts';
import { bundle, makeWorld } from './world.ts';

const { signal } = new AbortController();
const secret = 'pl4nted-in-the-script';

async function open(sshd: LocalSshd): Promise<Host & AsyncDisposable> {
  const key = await openKey({ text: sshd.privateKey, passphrase: undefined });
  const pins = knownHosts.parse(sshd.knownHosts);
  const host = await openHost(hostAddress.parse(sshd.address), { key, pins });
  return { ...host, [Symbol.asyncDispose]: host.close };
}

/** What a shell that a user may have as his own does with the command that it is given. */
const shells: Array<[string, string]> = [
  ['sh', '/bin/sh'],
  ['bash', '/bin/bash'],
  ['csh', '/usr/bin/tcsh'],
  ['fish', '/usr/bin/fish'],
  ['zsh', '/usr/bin/zsh'],
];

describe('a script', () => {
  for (const [name, path] of shells) {
    // A shell that is not installed is counted as skipped.
    (existsSync(path) ? it : it.skip)(
      `runs for a user whose shell is ${name}`,
      async () => {
        await using sshd = await startSshd();
        const through = join(sshd.folder, 'through');
        await writeFile(through, `#!/bin/sh\nexec ${path} -c "$SSH_ORIGINAL_COMMAND"\n`, {
          mode: 0o755,
        });
        await force(sshd, through);
        await using host = await open(sshd);
        const said = await host.run('a step', `echo 'it is "$0" !x \\ on'; exit 3`, signal);
        expect(said).toMatchObject({ code: 3, stdout: 'it is "$0" !x \\ on\n' });
        const stopped = new AbortController();
        const waiting = host.run('waiting', 'echo on >&2; sleep 60', stopped.signal, {
          onStderr: () => stopped.abort(new Error('stopped')),
        });
        await expect(waiting).rejects.toThrow('stopped');
      },
      30_000,
    );
  }

  it.each([
    ['exports', 'export PATH=$HOME/own:$PATH; own() { :; }; export -f own', /^own program\n$/],
    [
      'changes how shells work',
      'set -euf; shopt -s nullglob; umask 077; IFS=o; alias own=false; export SHELLOPTS BASH_ENV=/nowhere; PATH=$HOME/own:$PATH',
      /^own program\n$/,
    ],
    ['prints', 'echo kept 1; echo noise >&2; PATH=$HOME/own:$PATH', /^own program\n$/],
    ['reads', 'read -r line; cat; PATH=$HOME/own:$PATH', /^own program\n$/],
  ])(
    'has what a profile that %s has exported, and nothing else of it',
    async (_, profile, printed) => {
      await using sshd = await startSshd();
      await mkdir(join(sshd.home, 'own'));
      await writeFile(join(sshd.home, 'own/own'), '#!/bin/sh\necho own program\n', { mode: 0o755 });
      await writeFile(join(sshd.home, '.profile'), `${profile}\n`);
      await using host = await open(sshd);
      const lines: string[] = [];
      const ended = await host.run('a step', 'own', signal, {
        onStderr: (line) => lines.push(line),
      });
      expect(ended.stdout).toMatch(printed);
      expect([ended.code, lines]).toEqual([0, []]);
    },
    30_000,
  );

  it.each(['set -x', 'set -xv; export SHELLOPTS', 'exec 2>&1; set -x', 'trap "set -x" DEBUG'])(
    'shows no secret of its own where a profile has %j',
    async (profile) => {
      await using sshd = await startSshd();
      await writeFile(join(sshd.home, '.profile'), `${profile}\nexport OF_PROFILE=${secret}\n`);
      await using host = await open(sshd);
      const lines: string[] = [];
      const body = `export TOKEN='${secret}'\nbash -c 'echo "\${#TOKEN}"'`;
      const ended = await host.run('a step', body, signal, {
        onStderr: (line) => lines.push(line),
      });
      expect(ended).toMatchObject({ code: 0, stdout: `${secret.length}\n` });
      expect([...lines, ended.stderr].join('\n')).not.toContain(secret);
    },
    30_000,
  );

  it.each([
    ['a forced command', 'true', '', /ended with exit code 0 and said: it printed nothing/],
    ['a forced command that fails', 'echo go away; exit 7', '', /exit code 7 and said: go away/],
    ['a command that sends it back', 'cat', '', /said: it sent back what was sent to it/],
    [
      'a shell that lets nobody in',
      '/usr/sbin/nologin',
      '',
      /This account is currently not available/,
    ],
    ['a profile that ends', '', 'echo bye; exit 0', /exit code 0 and said: bye/],
    [
      'a profile that ends and traces itself',
      '',
      `set -x; export A=${secret}; exit 0`,
      /it printed nothing/,
    ],
    ['a profile that becomes another program', '', 'exec true', /exit code 0/],
  ])(
    'that %s runs in its place is a failure',
    async (_, command, profile, said) => {
      await using sshd = await startSshd();
      if (command) await force(sshd, command);
      if (profile) await writeFile(join(sshd.home, '.profile'), `${profile}\n`);
      await using host = await open(sshd);
      const error = await host.run('a step', `: ${secret}`, signal).then(String, String);
      expect(error).toContain('did not run what was sent to it (a step)');
      expect(error).toMatch(said);
      expect(error).not.toContain(secret);
    },
    30_000,
  );

  it('that ended with an error is one, whatever the forced command around it ends with', async () => {
    await using sshd = await startSshd();
    await force(sshd, 'sh -c \\"$SSH_ORIGINAL_COMMAND\\"; exit 0');
    await using host = await open(sshd);
    expect(await host.run('a step', 'exit 5', signal)).toMatchObject({ code: 5 });
  }, 30_000);

  it('that has a mistake in it says which', async () => {
    await using sshd = await startSshd();
    await using host = await open(sshd);
    const ended = await host.run('a step', 'if true; then', signal);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('syntax error');
  }, 30_000);

  it.each(['true', 'false'])(
    'that never ran is red, in a dry run (%s) too',
    async (dry) => {
      await using world = await makeWorld();
      await force(world.sshd, 'true');
      const {
        hosts = '',
        path = '',
        'private-key': key = '',
        'known-hosts': pins = '',
      } = world.inputs;
      await writeFile(join(world.runner.workspace, 'file'), 'text');
      const inputs = { hosts, path, 'private-key': key, 'known-hosts': pins, mode: 'release' };
      const step = await world.runner.start(bundle, { ...inputs, 'dry-run': dry }).done;
      expect([step.code, step.outputs['status']]).toEqual([1, 'failed']);
      expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ssh: ssh/shell']);
      expect(step.errors[0]?.text).toContain('did not run what was sent to it');
    },
    60_000,
  );
});

/** What the one key may run and nothing else. */
async function force({ folder }: LocalSshd, command: string): Promise<void> {
  const file = join(folder, 'user_key.pub');
  await writeFile(file, `command="${command}" ${readFileSync(file, 'utf8')}`);
}

import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { startWorld } from './world.ts';

const run = promisify(execFile);

/** A server that should never be asked, and a folder for what should never be started. */
async function trap() {
  await using made = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'slipway-trap-'));
  made.defer(() => rm(folder, { recursive: true, force: true }));
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  made.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const started = join(folder, 'started');
  const program = join(folder, 'program');
  await writeFile(program, `#!/bin/sh\necho "$@" >> ${started}\nexit 1\n`);
  await chmod(program, 0o755);
  const stack = made.move();
  return {
    folder,
    program,
    url: `http://127.0.0.1:${port}`,
    asked,
    started: () => readFile(started, 'utf8').catch(() => ''),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Everything in a git configuration that sends elsewhere what git sends, or starts a program. */
const hostile = (server: string, { program, url, folder }: Awaited<ReturnType<typeof trap>>) => `
[url "${url}/"]
  insteadOf = ${server}/
  pushInsteadOf = ${server}/
[http]
  proxy = ${url}
  sslVerify = false
[core]
  sshCommand = ${program}
  hooksPath = ${folder}
  askPass = ${program}
  fsmonitor = ${program}
[gpg]
  program = ${program}
  format = openpgp
[gpg "ssh"]
  program = ${program}
  allowedSignersFile = ${folder}/nobody
[credential]
  helper = !${program}
[init]
  templateDir = ${folder}
[tag]
  gpgSign = true
[remote "origin"]
  url = ${url}/
`;

describe('what other jobs left behind', () => {
  it.each([
    ['in the home folder', '.gitconfig'],
    ['in the configuration folder', '.config/git/config'],
    ['in the checkout', undefined],
    ['in the environment', ''],
  ])('%s gets no token and no key, and starts nothing', async (_, file) => {
    await using world = await startWorld((history) => {
      history.commit('chore: start', { files: { a: '0' } });
      history.tag('v1.0.0');
      history.commit('feat: a', { files: { a: '1' } });
    });
    await using bait = await trap();
    const { server } = world.github;
    const text = hostile(server, bait);
    const home = join(world.runner.temp, 'home');
    await mkdir(join(home, '.config/git'), { recursive: true });
    await writeFile(join(home, '.netrc'), 'machine 127.0.0.1 login eve password theirs\n');
    const env: Record<string, string> = { HOME: home, SSH_ASKPASS: bait.program, DISPLAY: ':9' };
    if (file) await writeFile(join(home, file), text);
    if (file === undefined) {
      await run('git', ['init', '--quiet', world.runner.workspace]);
      await writeFile(join(world.runner.workspace, '.git/config'), text);
    }
    if (file === '') {
      const config = join(home, 'config');
      await writeFile(config, text);
      Object.assign(env, {
        GIT_CONFIG_GLOBAL: config,
        GIT_CONFIG_SYSTEM: config,
        GIT_CONFIG_PARAMETERS: `'http.proxy=${bait.url}'`,
        GIT_SSH_COMMAND: bait.program,
        GIT_ASKPASS: bait.program,
        GIT_DIR: world.runner.workspace,
      });
    }
    const key = join(world.runner.temp, 'key');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const step = await world.run(
      { paths: 'a', 'signing-key': await readFile(key, 'utf8'), 'moving-tags': 'major' },
      env,
    );
    expect(step.errors).toEqual([]);
    expect(step.outputs).toMatchObject({ created: 'true', tag: 'v1.1.0' });
    expect(await world.git('cat-file', 'tag', 'v1.1.0')).toContain('BEGIN SSH SIGNATURE');
    expect(bait.asked).toEqual([]);
    expect(await bait.started()).toBe('');
  });
});

describe('a signature that was asked for', () => {
  it.each([
    ['needs a passphrase', ['-t', 'ed25519', '-N', 'a passphrase']],
    ['needs one in the older format', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'passphrase']],
  ])('and cannot be made ends red, before anything is pushed: the key %s', async (_, how) => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('feat: a');
    });
    const before = await world.tags();
    const key = join(world.runner.temp, 'key');
    await run('ssh-keygen', ['-q', ...how, '-f', key]);
    const inputs = { 'signing-key': await readFile(key, 'utf8'), 'moving-tags': 'minor' };
    const step = await world.run(inputs);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/signing']);
    expect(step.errors[0]?.text).toMatch(/without a passphrase/);
    expect(await world.tags()).toEqual(before);
    await expect(readdir(world.runner.temp)).resolves.toEqual(['key', 'key.pub']);
  });

  it('and is one of another key ends red, before anything is pushed', async () => {
    await using world = await startWorld((history) => {
      history.commit('chore: start');
      history.tag('v1.0.0');
      history.commit('feat: a');
    });
    const before = await world.tags();
    const { temp } = world.runner;
    for (const name of ['key', 'other']) {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(temp, name)]);
    }
    // A program in front of the real one, which signs with a key of its own.
    const bin = join(temp, 'bin');
    await mkdir(bin);
    const { stdout: real } = await run('which', ['ssh-keygen']);
    await writeFile(
      join(bin, 'ssh-keygen'),
      `#!/bin/bash\n[[ $2 == sign ]] && set -- -Y sign -n git -f ${join(temp, 'other')} "\${@: -1}"\nexec ${real.trim()} "$@"\n`,
    );
    await chmod(join(bin, 'ssh-keygen'), 0o755);
    const inputs = { 'signing-key': await readFile(join(temp, 'key'), 'utf8') };
    const step = await world.run(inputs, { PATH: `${bin}:${process.env['PATH']}` });
    expect(step.errors.map(({ title }) => title)).toEqual(['semver-tag: tag/signing']);
    expect(step.errors[0]?.text).toMatch(/not one of this key/);
    expect(await world.tags()).toEqual(before);
  });
});

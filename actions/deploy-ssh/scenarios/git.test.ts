import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GitServer, startGitServer } from '../../../packages/local-cloud/src/git-server.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { commit, git, makeRepository } from '../test/git/repositories.ts';
import { filesWith } from './files-with.ts';
import { makeKey } from './keys.ts';
import { startSilentServer } from './silent-server.ts';
import { watchProcesses } from './watch-processes.ts';
import { bundle, hostFolder, makeWorld, type World } from './world.ts';

// Looked for in all processes of the machine, where the same test may run twice.
const token = `pl4nted-${randomUUID()}`;
const secretOfApp = 'pl4nted-secret-of-the-app';
const odd = 'a b/new\nline';

describe('mode git', () => {
  let world: World;
  let server: GitServer;
  let old: GitServer;
  let work: string;
  let inputs: Record<string, string>;
  let wanted: string;

  beforeAll(async () => {
    [world, server, old] = await Promise.all([
      makeWorld(),
      startGitServer({ token }),
      startGitServer({ old: true }),
    ]);
    const { hosts = '', path = '', 'private-key': key = '' } = world.inputs;
    inputs = {
      hosts,
      path,
      'private-key': key,
      'known-hosts': `${world.sshd.knownHosts}\n${server.knownHosts}`,
      mode: 'git',
      source: `${server.ssh}/shop.git`,
      'deploy-key': server.privateKey,
      restart: 'test ! -e broken',
      timeout: '30s',
      'lock-timeout': '10s',
    };
    // What the host would do by itself must neither help nor keep a secret.
    const helpers = [
      '[credential]',
      'helper = store',
      `[credential "${server.https}"]`,
      'helper = store',
    ];
    const settings = [...helpers, '[http]', `sslCAInfo = ${bundleOf()}`];
    await writeFile(join(world.sshd.home, '.gitconfig'), `${settings.join('\n')}\n`);
    await writeFile(
      bundleOf(),
      readFileSync(server.certificate, 'utf8') + readFileSync(old.certificate, 'utf8'),
    );

    const lib = makeRepository(join(world.sshd.folder, 'lib'));
    commit(lib, { 'of lib': 'old' });
    push(lib, 'lib');
    work = makeRepository(join(world.sshd.folder, 'work'));
    git(work, 'remote', 'add', 'origin', `file://${server.folder}/shop.git`);
    git(work, 'submodule', '--quiet', 'add', '../lib.git', 'vendor');
    commit(lib, { 'of lib': 'new' });
    push(lib, 'lib');
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await old[Symbol.asyncDispose]();
  }, 30_000);

  const bundleOf = () => join(world.sshd.folder, 'certificates.pem');
  const lines = (count: number) =>
    Array.from({ length: count }, (_, line) => `${line} ${line * line}\n`).join('');

  /** Puts a work tree into both servers as a bare repository. */
  function push(folder: string, name: string): void {
    for (const { folder: root } of [server, old]) {
      const at = join(root, `${name}.git`);
      if (!existsSync(at)) makeRepository(at, '--bare');
      git(folder, 'push', '--quiet', '--force', at, 'HEAD:refs/heads/main');
    }
  }

  /** Commits a change to the shop and pushes it. */
  function change(files: Record<string, string>): string {
    const id = commit(work, files);
    push(work, 'shop');
    return id;
  }

  const start = (more: Record<string, string> = {}, sha = wanted) =>
    world.runner.start(bundle, { ...inputs, ...more }, { GITHUB_SHA: sha });
  const deploy = (more?: Record<string, string>, sha?: string) => start(more, sha).done;
  const current = () => join(world.path, readlinkSync(join(world.path, 'current')));
  const text = (file: string) => readFileSync(join(current(), file), 'utf8');
  const fetched = (step: StepResult) => Number(/\((\d+) KiB fetched\)/.exec(step.log)?.[1]);

  /** The annotation of a run that must be red, with this code; it must have changed nothing. */
  async function refused(
    code: string,
    more: Record<string, string>,
    sha?: string,
  ): Promise<string> {
    const before = [hostFolder(world, 'releases'), hostFolder(world, '.slipway')];
    const step = await deploy(more, sha);
    expect(step.errors.map(({ title }) => title)).toEqual([`deploy-ssh: ${code}`]);
    expect([hostFolder(world, 'releases'), hostFolder(world, '.slipway')]).toEqual(before);
    expect(world.lockIsFree()).toBe(true);
    return step.errors[0]?.text ?? '';
  }

  it('deploys a commit with a deploy key that never comes to the host', async () => {
    wanted = change({ app: '1', [odd]: 'odd', large: lines(40_000) });
    const texts = { key: server.privateKey.split('\n')[2] ?? '' };
    const step = start({ secrets: `TOKEN=${secretOfApp}`, after: 'env >&2' });
    const seen = await watchProcesses(texts, step);
    const result = await step.done;
    expect(result.errors).toEqual([]);
    expect(result.outputs['status']).toBe('deployed');
    expect(result.outputs['release']).toContain(wanted.slice(0, 7));
    expect(readdirSync(current()).sort()).toEqual(
      ['.env', '.gitmodules', 'a b', 'app', 'large', 'vendor'].sort(),
    );
    expect(text(odd)).toBe('odd');
    expect(text('vendor/of lib')).toBe('old');
    expect(readdirSync(join(current(), 'vendor'))).toEqual(['of lib']);
    // The scripts of the user have no part in the key.
    expect(result.log).toContain(`SLIPWAY_COMMIT=${wanted}`);
    expect(result.log).not.toContain('SSH_AUTH_SOCK');
    expect(seen).toEqual({ commandLines: [], environments: [] });
    expect(filesWith(world.path, texts)).toEqual([]);
    expect(filesWith(world.sshd.home, texts)).toEqual([]);
    expect(hostFolder(world, '.slipway/git').filter((name) => !name.endsWith('.git'))).toEqual([]);
    expect(world.remoteProcesses()).toEqual([]);
  }, 60_000);

  it('changes nothing for the same commit, and fetches little for the next', async () => {
    const more = { secrets: `TOKEN=${secretOfApp}` };
    expect((await deploy(more)).outputs['status']).toBe('unchanged');
    wanted = change({ app: '2' });
    const { secret, open } = await makeKey('-t ecdsa -b 521 -m PKCS8');
    await server.authorize(open);
    const step = await deploy({ ...more, 'deploy-key': secret });
    expect(step.outputs['status']).toBe('deployed');
    expect(text('app')).toBe('2');
    expect(fetched(step)).toBeLessThan(20);
  }, 60_000);

  it('rolls back when the new commit does not start', async () => {
    const before = [readlinkSync(join(world.path, 'current')), hostFolder(world, 'releases')];
    const { secret, open } = await makeKey('-t rsa -b 2048');
    await server.authorize(open);
    const broken = change({ broken: '' });
    git(work, 'reset', '--quiet', '--hard', 'HEAD~1');
    wanted = change({ app: '3' });
    // The branch was pushed over, and still the commit can be had by its id.
    const step = await deploy({ 'deploy-key': secret, commit: broken });
    expect(step.log).toContain(`checked out ${broken}`);
    expect(step.outputs['status']).toBe('rolled-back');
    expect(step.errors[0]?.text).toContain('restart on');
    expect([readlinkSync(join(world.path, 'current')), hostFolder(world, 'releases')]).toEqual(
      before,
    );
  }, 60_000);

  it('deploys over https with a token that stays where it belongs', async () => {
    const https = { source: `${server.https}/shop.git`, 'deploy-key': '' };
    const closed = { ...https, commit: 'f'.repeat(40) };
    const bare = await refused('git/access', closed);
    expect(bare).toContain('with the access that the host itself has');
    const wrong = await refused('git/access', { ...closed, token: 'not-the-token' });
    expect(wrong).toMatch(/with the token: .*Authentication failed/s);

    const texts = { token, basic: Buffer.from(`x-access-token:${token}`).toString('base64') };
    const step = start({ ...https, token });
    const seen = await watchProcesses(texts, step);
    const result = await step.done;
    expect(result.errors).toEqual([]);
    expect(text('app')).toBe('3');
    expect(result.masks).toEqual(expect.arrayContaining(Object.values(texts)));
    for (const one of Object.values(texts)) {
      expect(result.log.replace(/^::add-mask::.*\n/gm, '')).not.toContain(one);
    }
    expect(seen.commandLines).toEqual([]);
    const may = /^token: (?:git|git-\S+|sh|dash|a program that has ended)$/;
    expect(seen.environments.filter((line) => !may.test(line))).toEqual([]);
    expect(filesWith(world.path, texts)).toEqual([]);
    expect(filesWith(world.sshd.home, texts)).toEqual([]);
  }, 60_000);

  it('says what is missing, and changes nothing', async () => {
    const { secret, open } = await makeKey('-t ed25519');
    const stranger = await refused('git/access', { 'deploy-key': secret });
    expect(stranger).toMatch(
      /^127\.0\.0\.1 may not read ssh:.*shop\.git with the deploy key \(ssh-ed25519 SHA256:\S{43}\): /,
    );
    expect(stranger).toContain('Permission denied (publickey)');

    const nowhere = await refused('git/access', { source: `${server.ssh}/nowhere.git` });
    expect(nowhere).toContain('does not appear to be a git repository');
    await refused('git/fetch', { source: 'ssh://git@127.0.0.1:1/shop.git' });
    await refused('git/commit', { commit: 'f'.repeat(40) });

    const [, type, key] = server.knownHosts.split(' ');
    const [name] = server.knownHosts.split(' ');
    const changed = `${world.sshd.knownHosts}\n${name} ${open.split(' ').slice(0, 2).join(' ')}`;
    expect(await refused('git/host-key-changed', { 'known-hosts': changed })).toMatch(
      /^THE HOST KEY OF THE GIT SERVER 127\.0\.0\.1 IS NOT THE PINNED ONE.* offered SHA256:/,
    );
    const text = await refused('git/host-key-unknown', { 'known-hosts': world.sshd.knownHosts });
    expect(/add this line to known-hosts: (.+)$/m.exec(text)?.[1]).toBe(`${name} ${type} ${key}`);

    const keys = join(world.sshd.folder, 'user_key.pub');
    const allowed = readFileSync(keys, 'utf8');
    await writeFile(keys, `no-agent-forwarding ${allowed}`);
    await refused('git/agent-forwarding', {});
    await writeFile(keys, allowed);

    // Of a profile counts what it exports.
    const old = join(world.sshd.home, 'old');
    mkdirSync(old);
    await writeFile(join(old, 'git'), '#!/bin/sh\necho git version 2.17.1\n', { mode: 0o755 });
    await writeFile(join(world.sshd.home, '.profile'), `PATH=${old}:$PATH\n`);
    expect(await refused('ssh/tools', {})).toContain('lacks git 2.18 or newer (it has 2.17.1).');
    await rm(join(world.sshd.home, '.profile'));
  }, 90_000);

  it('deploys from a server that gives no commit by its name', async () => {
    const first = change({ app: '4' });
    wanted = change({ app: '5' });
    const https = { source: `${old.https}/shop.git`, 'deploy-key': '' };
    const step = await deploy({ ...https, commit: first });
    expect(step.log).toContain('gives no commit by its name: fetched all branches');
    expect(step.outputs['status']).toBe('deployed');
    expect(text('app')).toBe('4');
    await refused('git/commit', { ...https, commit: 'f'.repeat(40) });
    // A tip can be asked for; the mirror has what came before it.
    expect((await deploy(https)).outputs['status']).toBe('deployed');
    expect(text('app')).toBe('5');
  }, 60_000);

  it('fetches with the access of the host itself when it is given none', async () => {
    wanted = change({ app: '6' });
    const { secret, open } = await makeKey('-t ed25519');
    await server.authorize(open);
    const key = join(world.sshd.home, 'own key');
    await writeFile(key, secret, { mode: 0o600 });
    const settings = join(world.sshd.home, '.gitconfig');
    const before = readFileSync(settings, 'utf8');
    await writeFile(settings, `${before}[core]\nsshCommand = ssh -F /dev/null -i '${key}'\n`);
    const step = await deploy({ 'deploy-key': '' });
    await writeFile(settings, before);
    expect(step.errors).toEqual([]);
    expect(text('app')).toBe('6');
  }, 60_000);

  it('leaves nothing half-made, and nothing running, when it is cancelled', async () => {
    const { server: silent, port, called } = await startSilentServer();
    try {
      const before = hostFolder(world, 'releases');
      const source = `https://127.0.0.1:${port}/shop.git`;
      const step = start({ source, 'deploy-key': '', commit: 'e'.repeat(40) });
      await called;
      step.kill('SIGINT');
      const result = await step.done;
      expect([result.code, result.outputs['status']]).toEqual([1, 'cancelled']);
      expect(world.remoteProcesses()).toEqual([]);
      expect(world.lockIsFree()).toBe(true);
      expect(hostFolder(world, 'releases')).toEqual(before);
    } finally {
      silent.close();
    }
    expect((await deploy({}, change({ app: '7' }))).outputs['status']).toBe('deployed');
  }, 60_000);
});

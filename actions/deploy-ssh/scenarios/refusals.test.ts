import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { pushApp } from '../../../packages/local-cloud/src/app-image.ts';
import { freePort } from '../../../packages/local-cloud/src/program.ts';
import { variant } from './images.ts';
import { makeKey } from './keys.ts';
import { bundle, makeWorld, registry, type World } from './world.ts';

/** What only the host, its engine or the registry can tell; none of it may leave a trace. */
describe('a deployment that is refused', () => {
  let world: World;
  let image: string;

  beforeAll(async () => {
    world = await makeWorld();
    image = await pushApp(registry, 'refused', 'good');
  }, 60_000);
  afterAll(async () => world[Symbol.asyncDispose](), 30_000);
  afterEach(async () => {
    expect(await readdir(world.sshd.folder)).not.toContain(world.project);
    expect(await readdir(world.sshd.home)).toEqual(['.docker']);
    expect(await readdir(world.runner.temp)).toEqual([]);
    expect(await world.containers()).toEqual([]);
    expect(world.remoteProcesses()).toEqual([]);
  });

  const start = (inputs: Record<string, string>) =>
    world.runner.start(bundle, { ...world.inputs, image, ...inputs }).done;

  /** The annotation of a run that must be red, with this code. */
  async function refused(code: string, inputs: Record<string, string>): Promise<string> {
    const step = await start(inputs);
    expect(step.errors.map(({ title }) => title)).toEqual([`deploy-ssh: ${code}`]);
    const { hosts = '[]', release = '', ...outputs } = step.outputs;
    expect([step.code, outputs]).toEqual([1, { status: 'failed', reason: code }]);
    for (const verdict of JSON.parse(hosts))
      expect(verdict.status).toMatch(/^(failed|unreachable)$/);
    expect(release).toBe('');
    return step.errors[0]?.text ?? '';
  }

  it('by an unknown host key gives the line that makes the next run green', async () => {
    const { open } = await makeKey('-t ed25519');
    for (const pins of ['', `other.example.com ${open}`]) {
      const text = await refused('ssh/host-key-unknown', { 'known-hosts': pins });
      const line = /add this line to known-hosts: (.+)$/m.exec(text)?.[1] ?? '';
      expect(line).toBe(world.sshd.knownHosts);
      const green = await start({ 'known-hosts': `${pins}\n${line}`, 'dry-run': 'true' });
      expect(green.outputs['status']).toBe('planned');
      const [fingerprint = ''] = /SHA256:[\w+/]{43}/.exec(text) ?? [];
      const pinned = await start({ 'known-hosts': fingerprint, 'dry-run': 'true' });
      expect(pinned.outputs['status']).toBe('planned');
    }
  });

  it('by a changed host key is loud', async () => {
    const { open } = await makeKey('-t ed25519');
    const [type, key] = open.split(' ');
    const changed = `[127.0.0.1]:${world.sshd.port} ${type} ${key}`;
    const text = await refused('ssh/host-key-changed', { 'known-hosts': changed });
    expect(text).toMatch(/^THE HOST KEY OF 127\.0\.0\.1 IS NOT THE PINNED ONE\./);
    expect(text).toMatch(/offered SHA256:\S{43}; known-hosts has SHA256:\S{43}\./);
    expect(text).not.toContain('add this line');
    await refused('ssh/host-key-changed', { 'known-hosts': `SHA256:${'A'.repeat(43)}` });
  });

  it('by a revoked host key says so', async () => {
    const revoked = `${world.sshd.knownHosts}\n@revoked * ${world.sshd.knownHosts.split(' ').slice(1).join(' ')}`;
    expect(await refused('ssh/host-key-revoked', { 'known-hosts': revoked })).toContain(
      'A KEY THAT known-hosts REVOKES',
    );
  });

  it('by nobody at the port names it', async () => {
    const port = await freePort();
    expect(await refused('ssh/unreachable', { hosts: `deploy@127.0.0.1:${port}` })).toContain(
      `127.0.0.1:${port} could not be reached`,
    );
  });

  it('for a tag that does not exist names it', async () => {
    expect(await refused('image/not-found', { image: `${registry}/app:none` })).toContain(
      `${registry}/app:none`,
    );
  });

  it('for an image without the platform of the host names both', async () => {
    const foreign = await variant(image, { architecture: 's390x' });
    expect(await refused('image/platform', { image: foreign })).toMatch(
      /@sha256:\w{64} has no linux\/\w+; it has linux\/s390x\./,
    );
  });

  it('takes a tag for its digest', async () => {
    const tagged = await variant(image, { version: 'tagged' }, undefined, 'stable');
    const step = await start({ image: `${registry}/app:stable`, 'dry-run': 'true' });
    expect(step.outputs).toMatchObject({ status: 'planned', image: tagged });
  });

  it.each([
    ['nowhere.yaml', undefined, 'which cannot be read: it is not in the workspace'],
    ['empty.yaml', ' \n', 'which is empty'],
    ['plain.yaml', 'services: { web: { image: nginx } }', 'which does not use the variable IMAGE'],
    ['broken.yaml', 'services: { web: { image: $IMAGE, ports: [ }', 'refuses: '],
    ['wrong.yaml', 'services: { web: { image: $IMAGE, prots: [] } }', 'prots'],
    ['asking.yaml', `services: { web: { image: $IMAGE, user: "\${MISSING:?}" } }`, 'MISSING'],
    ['file.yaml', 'services: { web: { image: $IMAGE, env_file: none.env } }', 'none.env'],
  ])('for the Compose file %s says why', async (name, content, wrong) => {
    const file = join(world.runner.workspace, name);
    if (content !== undefined) await writeFile(file, content);
    const text = await refused('action/input', { source: name });
    expect(text).toMatch(new RegExp(`^Input source names ${name}, which `));
    expect(text).toContain(wrong);
  });

  it('for a path that cannot be written names the input and the way to make it', async () => {
    for (const path of ['/proc/slipway/app', join(world.sshd.folder, 'host_key/app')]) {
      const text = await refused('ssh/path', { path });
      expect(text).toContain(`Input path names ${path}, which user`);
      expect(text).toContain(`sudo install -d -o ${world.sshd.user} ${path}`);
    }
  });

  it('for a path whose project is another one leaves that alone', async () => {
    const other = await makeWorld();
    try {
      const step = await other.runner.start(bundle, { ...other.inputs, image }).done;
      expect(step.outputs['status']).toBe('deployed');
      const path = join(world.sshd.folder, 'elsewhere', other.project);
      await mkdir(path, { recursive: true });
      expect(await refused('ssh/project', { path })).toContain(
        `The Compose project ${other.project} on 127.0.0.1 belongs to ${other.path}`,
      );
      expect(await readdir(path)).toEqual([]);
      expect(await other.ask()).toContain('version refused');
    } finally {
      await other[Symbol.asyncDispose]();
    }
  }, 30_000);
});

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { type LocalRegistry, startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import { makeRunner, type Runner } from '../../../packages/local-cloud/src/runner.ts';
import { manifest } from '../src/manifest.ts';
import {
  bundle,
  type DockerRecord,
  defaults,
  leftovers,
  makeBuildRunner,
  recordDocker,
  tagsOf,
} from './world.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const role = 'arn:aws:iam::123456789012:role/deploy';
const guid = '11111111-2222-3333-4444-555555555555';

type Case = [what: string, input: string, values: Record<string, string>, says: RegExp];

const cases: Case[] = [
  ['no image', 'image', { image: '' }, /is required/],
  ['an image of blanks', 'image', { image: ' \n ' }, /is required/],
  ['only a comment', 'image', { image: '# later' }, /names no repository/],
  ['a scheme', 'image', { image: 'https://ghcr.io/o/app' }, /scheme/],
  ['what no name has', 'image', { image: 'ghcr.io/Owner/-App' }, /not made of a-z and 0-9/],
  ['a blank in the name', 'image', { image: 'ghcr.io/o/a pp' }, /white space/],
  ['a digest for a repository', 'image', { image: `ghcr.io/o/app@${digest}` }, /digest/],
  ['a tag for a repository', 'image', { image: 'ghcr.io/o/app:1' }, /tag, which belongs into tags/],
  ['a repository twice', 'image', { image: 'ghcr.io/o/app\nghcr.io/o/app' }, /twice/],
  ['a second line that is wrong', 'image', { image: 'ghcr.io/o/app\nghcr.io/o/b!' }, /not made of/],
  ['too many images', 'image', { image: 'ghcr.io/o/app,'.repeat(1_000) }, /longer than 10000/],

  ['a folder that is not there', 'context', { context: 'nowhere' }, /not there: nowhere/],
  ['a folder above', 'context', { context: '..' }, /not a folder inside the workspace/],
  ['another folder', 'context', { context: '/etc' }, /not a folder inside the workspace/],
  ['a link to outside', 'context', { context: 'out' }, /not a folder inside the workspace/],
  ['a file', 'context', { context: 'Dockerfile' }, /not there/],
  ['an address', 'context', { context: 'https://github.com/o/app.git' }, /but an address/],
  ['a folder without Dockerfile', 'context', { context: 'files' }, /has no Dockerfile/],
  ['a Dockerfile that is a link out', 'context', { context: 'linked' }, /has no Dockerfile/],
  ['a Dockerfile that is not there', 'file', { file: 'nowhere.Dockerfile' }, /names no file/],
  ['a Dockerfile outside', 'file', { file: '../../Dockerfile' }, /outside of the workspace/],
  ['a Dockerfile through a link', 'file', { file: 'out/passwd' }, /outside of the workspace/],

  ['a stage with a blank', 'target', { target: 'run time' }, /name of a stage/],
  ['a stage like an option', 'target', { target: '--push' }, /name of a stage/],
  ['a machine alone', 'platforms', { platforms: 'amd64' }, /names no platform: "amd64"/],
  ['a machine that nobody has', 'platforms', { platforms: 'linux/amd46' }, /names no platform/],
  ['the name of a kernel', 'platforms', { platforms: 'linux/x86_64' }, /names no platform/],
  ['no key', 'build-args', { 'build-args': 'A=1\nproduction' }, /has no = in line 2/],
  ['a key with a blank', 'build-args', { 'build-args': 'NODE ENV=1' }, /no usable key in line 1/],
  ['a key twice', 'build-args', { 'build-args': 'A=1\nA=2' }, /twice/],
  ['too many arguments', 'build-args', { 'build-args': 'A'.repeat(100_001) }, /longer than 100000/],
  ['an id with a blank', 'build-secrets', { 'build-secrets': 'a b=c' }, /no usable key in line 1/],
  ['an id twice', 'build-secrets', { 'build-secrets': 'a=1\na=2' }, /the key of line 2 twice/],
  ['a value without end', 'build-secrets', { 'build-secrets': 'k<<END\nv' }, /no end of the value/],
  ['no label', 'labels', { labels: 'vendor' }, /has no = in line 1/],
  ['a key that is none', 'labels', { labels: '=x' }, /no usable key/],
  ['a tab in a label', 'labels', { labels: 'a=b\tc' }, /control character/],

  ['an illegal tag', 'tags', { tags: 'type=raw,value=Feature/X!' }, /has "\/", "!"/],
  ['an unknown rule', 'tags', { tags: 'type=semvar,pattern={{version}}' }, /nearest is semver/],
  ['an unknown attribute', 'tags', { tags: 'type=sha,formt=long' }, /nearest is format/],
  ['the same tag twice', 'tags', { tags: 'type=raw,value=a\na' }, /same tag as line 1/],
  ['a digest for a tag', 'tags', { tags: digest }, /is a digest, not a tag/],
  ['rules that give nothing', 'tags', { tags: 'type=ref,event=tag' }, /no rule gives a tag/],

  ['the tag of the cache', 'tags', { tags: 'buildcache' }, /"buildcache", which this action or/],
  ['a referrer', 'tags', { tags: `sha256-${'0'.repeat(64)}` }, /which this action or the registry/],
  [
    'an input of another action',
    'flavor',
    { flavor: 'latest=false' },
    /does not exist in build-push/,
  ],
  [
    'an input that is misspelt',
    'move-tag',
    { 'move-tag': 'false' },
    /does not exist in build-push/,
  ],

  ['a cache of another kind', 'cache', { cache: 'local' }, /not one of none, registry, gha/],
  ['a provenance of true', 'provenance', { provenance: 'true' }, /not one of false, min, max/],
  ['neither true nor false', 'sbom', { sbom: 'maybe' }, /neither true nor false/],
  ['neither true nor false', 'push', { push: 'yes' }, /neither true nor false/],
  ['neither true nor false', 'create-repository', { 'create-repository': '1' }, /neither true nor/],
  [
    'settings without a repository to create',
    'repository-settings',
    { 'repository-settings': 'keep=5' },
    /needs create-repository/,
  ],
  ['nobody to create it', 'create-repository', { 'create-repository': 'true' }, /needs aws-role/],

  ['a source without version', 'from', { from: 'ghcr.io/o/app' }, /neither digest nor tag/],
  ['a short digest', 'from', { from: 'ghcr.io/o/app@sha256:12' }, /no digest after its "@"/],
  ['a source and push: false', 'push', { from: `ghcr.io/o/a@${digest}`, push: 'false' }, /from/],
  ['a version with a v', 'version', { version: 'v1.2.3' }, /not a version of three numbers/],
  ['a version of two numbers', 'version', { version: '1.2' }, /not a version of three numbers/],
  ['a version with a line', 'version', { version: '1.2.3\nA=b' }, /control character|single line/],
  ['a source and a stage', 'target', { from: `ghcr.io/o/a@${digest}`, target: 'x' }, /no effect/],

  ['a name alone', 'registry-password', { 'registry-username': 'u' }, /is missing/],
  ['a password alone', 'registry-username', { 'registry-password': 'p4ss' }, /is missing/],
  [
    'a name with a colon',
    'registry-username',
    { 'registry-username': 'a:b', 'registry-password': 'p4ss' },
    /colon/,
  ],
  ['a role that is none', 'aws-role', { 'aws-role': 'deploy' }, /not the ARN of an IAM role/],
  ['a role without region', 'aws-region', { 'aws-role': role }, /is missing/],
  ['a region alone', 'aws-role', { 'aws-region': 'eu-central-1' }, /is missing/],
  ['a region that is none', 'aws-region', { 'aws-role': role, 'aws-region': 'EU' }, /not an AWS/],
  ['half of Azure', 'azure-tenant-id', { 'azure-client-id': guid }, /is missing/],
  ['the other half', 'azure-client-id', { 'azure-tenant-id': guid }, /is missing/],
  [
    'an id that is none',
    'azure-client-id',
    { 'azure-client-id': 'shop', 'azure-tenant-id': guid },
    /not a client id/,
  ],
];

const controls = Object.keys(manifest.inputs).map(
  (name): Case => [
    'a control character',
    name,
    { [name]: 'a\u0007b' },
    /control character U\+0007/,
  ],
);

// What fits into the environment of a process; longer ones are in the tables.
const singleLines = ['file', 'target', 'from', 'registry-username', 'aws-role', 'cache', 'push'];
const lengths = singleLines.map(
  (name): Case => [
    'a text without end',
    name,
    { [name]: 'x'.repeat(1_001) },
    /longer than 1000 characters \(1001\)/,
  ],
);

describe('build-push with wrong inputs', () => {
  let runner: Runner;
  let docker: DockerRecord;
  let server: LocalRegistry;
  let registry: FaultProxy;
  const start = (values: Record<string, string>, env: Record<string, string> = {}) => {
    const inputs = { ...defaults, image: `${registry.host}/bad/app`, ...values };
    return runner.start(bundle, inputs, { ...docker.env, ...env }).done;
  };

  beforeAll(async () => {
    runner = await makeBuildRunner();
    docker = await recordDocker(runner);
    server = await startRegistry();
    registry = await startFaultProxy(server.host, () => undefined);
    await symlink('/etc', join(runner.workspace, 'out'));
    await mkdir(join(runner.workspace, 'linked'));
    await symlink('/etc/passwd', join(runner.workspace, 'linked/Dockerfile'));
    await writeFile(join(runner.workspace, '../Dockerfile'), 'FROM scratch\n');
  }, 30_000);
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });

  it.each([...cases, ...controls, ...lengths])(
    'refuses %s in %s',
    async (_, input, values, says) => {
      const step = await start(values);
      expect(step.code).toBe(1);
      expect(step.errors.map(({ title }) => title)).toEqual(['build-push: action/input']);
      const [problem = ''] = step.errors[0]?.text.split('\n') ?? [];
      expect(problem).toMatch(new RegExp(`^Input ${input}\\b`));
      expect(problem).toMatch(says);
      expect(problem).toMatch(/(?:Valid|Example): \S/);
      expect(await docker.calls()).toEqual([]);
      expect(registry.requests).toEqual([]);
      expect(await leftovers(runner)).toEqual([]);
    },
  );

  it('says everything that is wrong at once, and names the input that was meant', async () => {
    const step = await start({ push: 'yes', platforms: 'amd64', context: '..', plattform: 'x' });
    expect(step.errors).toHaveLength(1);
    for (const input of ['push', 'platforms', 'context']) {
      expect(step.errors[0]?.text).toContain(`Input ${input} `);
    }
    const unknown = 'Input plattform does not exist in build-push. Valid: platforms';
    expect(step.errors[0]?.text.split('\n')).toContain(unknown);
    expect(step.warnings).toEqual([]);
  });

  it('asks for the checkout where the workspace is empty', async () => {
    await using empty = await makeRunner();
    const step = await empty.start(bundle, { ...defaults, image: 'ghcr.io/o/app' }, docker.env)
      .done;
    expect(step.errors[0]?.text).toMatch(
      /^Input context has no Dockerfile: .*the workspace is empty: is actions\/checkout a step before\?/,
    );
  });

  it('never shows a secret that lost its key', async () => {
    const step = await start({ 'build-secrets': 'npm=abcd\nplanted-Zeile-ohne-gleich' });
    expect(step.errors[0]?.text).toContain('Input build-secrets has no = in line 2');
    expect(step.masks).toContain('planted-Zeile-ohne-gleich');
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('planted-Zeile');
  });

  it('refuses a SOURCE_DATE_EPOCH that is no number', async () => {
    const step = await start({}, { SOURCE_DATE_EPOCH: 'yesterday' });
    expect(step.errors.map(({ text }) => text)).toEqual([
      expect.stringContaining('SOURCE_DATE_EPOCH is not a number of seconds'),
    ]);
    expect(await docker.calls()).toEqual([]);
  });

  it('finds that a source does not exist before it starts anything', async () => {
    const from = `${registry.host}/nobody/app@${digest}`;
    const step = await start({ from });
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['build-push: image/not-found']);
    expect(step.errors[0]?.text).toContain(from);
    expect(await docker.calls()).toEqual([]);
    expect(await tagsOf(server.host, 'bad/app')).toEqual([]);
    expect(await leftovers(runner)).toEqual([]);
  });
});

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FaultProxy, startFaultProxy } from '../../../packages/local-cloud/src/fault-proxy.ts';
import { startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import { manifest } from '../src/manifest.ts';
import {
  bundle,
  defaults,
  leftovers,
  makeGateRunner,
  planted,
  registry,
  standIn,
} from './world.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const image = `ghcr.io/owner/app@${digest}`;

type Case = [what: string, input: string, values: Record<string, string>, says: RegExp];

const cases: Case[] = [
  ['nothing', 'image', { image: '' }, /or input is required/],
  ['a scheme', 'image', { image: 'https://ghcr.io/o/app' }, /scheme/],
  ['a short digest', 'image', { image: 'ghcr.io/o/app@sha256:12' }, /no digest after its "@"/],
  ['both', 'input', { input: 'file' }, /cannot be given together with image/],
  ['what is not there', 'input', { image: '', input: 'no.tar' }, /not there: no\.tar/],
  ['a digest of a tar', 'input', { image: '', input: `file@${digest}` }, /only goes with an OCI/],
  ['a link out', 'input', { image: '', input: 'home/image.tar' }, /not .* inside the workspace/],
  ['another job', 'input', { image: '', input: '/etc/passwd' }, /not .* inside the workspace/],
  ['another source', 'image-source', { 'image-source': 'podman' }, /not one of registry, docker/],
  [
    'a source of a tar',
    'image-source',
    { image: '', input: 'file', 'image-source': 'docker' },
    /only/,
  ],
  ['a machine alone', 'platform', { platform: 'amd64' }, /is no platform/],
  [
    'a platform of a tar',
    'platform',
    { image: '', input: 'file', platform: 'linux/arm64' },
    /only/,
  ],
  [
    'an input of another action',
    'severity',
    { severity: 'CRITICAL' },
    /does not exist in trivy-gate/,
  ],
  ['an input that is misspelt', 'fail_on', { fail_on: 'critical' }, /does not exist in trivy-gate/],
  ['an unknown word', 'fail-on', { 'fail-on': 'hihg' }, /nearest is high/],
  [
    'a word twice',
    'fail-on',
    { 'fail-on': 'critical,critical:fixed' },
    /has critical and critical:fixed, of which only one can hold/,
  ],
  [
    'what nobody looks for',
    'scanners',
    { 'fail-on': 'critical,misconfiguration', scanners: 'vuln,secret' },
    /does not look for what fail-on names: misconfiguration\. Valid: vuln,secret,misconfig/,
  ],
  [
    'no secrets',
    'scanners',
    { 'fail-on': 'secret', scanners: 'vuln' },
    /does not look for what fail-on names: secret/,
  ],
  [
    'a file that is not there',
    'baseline',
    { baseline: './none.json' },
    /not there: \.\/none\.json/,
  ],
  [
    'a link out',
    'baseline',
    { baseline: 'old.json' },
    /not a file inside the workspace or RUNNER_TEMP/,
  ],
  [
    'a way up',
    'baseline',
    { baseline: '../old.json' },
    /not a file inside the workspace or RUNNER_TEMP/,
  ],
  ['a name alone', 'baseline', { baseline: 'production' }, /neither a file that is there nor/],
  [
    'an image for a tar',
    'baseline',
    { image: '', input: 'file', baseline: image },
    /only goes with/,
  ],
  ['an unknown scanner', 'scanners', { scanners: 'vuln,secrets' }, /has secrets, which is not one/],
  ['nothing to look for', 'scanners', { scanners: ',' }, /names nothing/],
  ['an unknown format', 'report-formats', { 'report-formats': 'pdf' }, /has pdf, which is not/],
  ['neither true nor false', 'upload-sarif', { 'upload-sarif': 'yes' }, /neither true nor false/],
  ['the workspace', 'cache-folder', { 'cache-folder': './cache' }, /is inside the workspace/],
  ['no token', 'token', { 'upload-sarif': 'true' }, /is required by upload-sarif/],
  ['another word', 'on-error', { 'on-error': 'ignore' }, /not one of fail, warn/],
  ['no number', 'trivy-version', { 'trivy-version': 'latest' }, /not a version of three numbers/],
  [
    'a hijacked one',
    'trivy-version',
    { 'trivy-version': '0.69.4' },
    /that attackers made: 0\.69\.4/,
  ],
  [
    'one without digest',
    'trivy-version',
    { 'trivy-version': '0.1.0', 'trivy-sha256': '' },
    /no digest for linux\/\w+ is known; give it as trivy-sha256/,
  ],
  ['upper case', 'trivy-sha256', { 'trivy-sha256': 'A'.repeat(64) }, /lower-case hex/],
  ['a file', 'trivy-mirrors', { 'trivy-mirrors': '/srv/{archive}' }, /not an http\(s\) address/],
  ['a password', 'trivy-mirrors', { 'trivy-mirrors': 'https://a:b@c.d/' }, /carries credentials/],
  ['a folder that is not there', 'db-repository', { 'db-repository': './no' }, /not there: \.\/no/],
  ['a link out', 'db-repository', { 'db-repository': './home' }, /not .* inside the workspace/],
  ['two folders', 'db-repository', { 'db-repository': './database\n./b' }, /more than one folder/],
  ['a scheme', 'db-repository', { 'db-repository': 'https://ghcr.io/x' }, /scheme/],
  ['no duration', 'db-max-age', { 'db-max-age': '3 days' }, /not a duration/],
  ['another word', 'on-stale', { 'on-stale': 'fail' }, /not one of error, warn/],
  ['too short', 'timeout', { timeout: '1s' }, /not between 10s and 6h/],
  ['a tar', 'attach', { image: '', input: 'file', attach: 'true' }, /only goes with an image/],
  ['a name alone', 'registry-password', { 'registry-username': 'u' }, /is missing/],
  [
    'a name with a colon',
    'registry-username',
    { 'registry-username': 'a:b', 'registry-password': 'p4ss' },
    /colon/,
  ],
  ['a role that is none', 'aws-role', { 'aws-role': 'deploy' }, /not the ARN of an IAM role/],
  ['a region alone', 'aws-role', { 'aws-region': 'eu-central-1' }, /is missing/],
  ['half of Azure', 'azure-tenant-id', { 'azure-client-id': 'x' }, /is missing/],
  ['the other half', 'azure-client-id', { 'azure-tenant-id': 'x.example' }, /is missing/],
];

const controls = Object.keys(manifest.inputs).map(
  (name): Case => [
    'a control character',
    name,
    { [name]: 'a\u0007b' },
    /control character U\+0007/,
  ],
);

describe('trivy-gate with wrong inputs', () => {
  let runner: Runner;
  beforeAll(async () => {
    runner = await makeGateRunner();
    await writeFile(join(runner.workspace, 'file'), 'x');
    await symlink('/etc', join(runner.workspace, 'home'));
    await symlink('/etc/passwd', join(runner.workspace, 'old.json'));
  });
  afterAll(async () => runner[Symbol.asyncDispose]());
  const start = (values: Record<string, string>, env: Record<string, string> = {}) =>
    runner.start(bundle, { ...defaults, image, ...values }, env).done;

  it.each([...cases, ...controls])('refuses %s in %s', async (_, input, values, says) => {
    const step = await start(values);
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['trivy-gate: action/input']);
    const problems = step.errors[0]?.text.split('\n') ?? [];
    const problem = problems.find((line) => line.startsWith(`Input ${input} `)) ?? problems[0];
    expect(problem).toMatch(new RegExp(`^Input ${input}\\b`));
    expect(problem).toMatch(says);
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'action/input' });
    expect(await leftovers(runner)).toEqual([]);
  });
});

describe('trivy-gate that cannot know', () => {
  let runner: Runner;
  let proxy: FaultProxy;
  let answer: Parameters<typeof startFaultProxy>[1] = () => undefined;
  beforeAll(async () => {
    runner = await makeGateRunner();
    proxy = await startFaultProxy(registry, (what) => answer(what));
    const at = (name: string, text: string) => writeFile(join(runner.workspace, name), text);
    await at('cut.json', '{"SchemaVersion":2,"Results":[{"Vuln');
    await at(
      'other.json',
      JSON.stringify({
        SchemaVersion: 2,
        Metadata: { ImageID: digest, RepoDigests: [`ghcr.io/other/app@${digest}`] },
      }),
    );
    await mkdir(join(runner.workspace, 'empty'));
    await symlink('/nowhere', join(runner.workspace, 'link.yml'));
    await symlink('/etc', join(runner.workspace, 'home'));
    await symlink('/etc/passwd', join(runner.workspace, 'accounts.yml'));
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });
  const start = (values: Record<string, string>, env: Record<string, string> = {}) =>
    runner.start(bundle, { ...defaults, ...values }, env).done;

  /** It is red, it is an error with its own code, and it claims nothing about the image. */
  const expectError = async (
    step: Awaited<ReturnType<typeof start>>,
    code: string,
    said: string,
  ) => {
    expect(step.errors.map(({ title }) => title)).toEqual([`trivy-gate: ${code}`]);
    expect(step.errors[0]?.text).toContain(said);
    expect(step.log).not.toContain('root:');
    expect(step.code).toBe(1);
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: code });
    for (const count of ['critical', 'high', 'blocking'])
      expect(step.outputs[count]).toBeUndefined();
    expect(step.summary).toMatch(/^## (?:⚠️ error|❌)/);
    expect(await leftovers(runner)).toEqual([]);
  };

  it.each<[string, Record<string, string>, string, string]>([
    ['an unreadable policy', { policy: 'link.yml' }, 'gate/policy-unreadable', 'link.yml'],
    [
      'a policy that is a file of the machine',
      { policy: 'accounts.yml' },
      'gate/policy-unreadable',
      'Input policy cannot be read: accounts.yml: it leads out of the workspace.',
    ],
    [
      'an allowlist behind a link to a folder of the machine',
      { allowlist: 'home/passwd' },
      'gate/policy-unreadable',
      'Input allowlist cannot be read: home/passwd: it leads out of the workspace.',
    ],
    [
      'a feed that is a file of the machine',
      { policy: 'known-exploited: { feed: accounts.yml }' },
      'gate/feed',
      'it leads out of the workspace',
    ],
    [
      'a wrong type',
      { policy: 'secrets: 7' },
      'gate/policy-type',
      'Input policy:1: secrets is not',
    ],
    ['an unknown key', { policy: 'sekrets: low' }, 'gate/policy-key', 'did you mean secrets'],
    [
      'a malformed purl',
      { policy: 'packages: [{ purl: x, fail: any }]' },
      'gate/policy-purl',
      '"x"',
    ],
    ['an entry without owner', { allowlist: '- id: C' }, 'gate/allowlist-incomplete', 'no owner'],
    [
      'a feed that is not there',
      { policy: 'known-exploited: { feed: kev.json }' },
      'gate/feed',
      'ENOENT',
    ],
    ['a truncated baseline', { baseline: 'cut.json' }, 'gate/baseline', 'it ends in the middle'],
    [
      'a report of another image',
      { baseline: 'other.json' },
      'gate/baseline-image',
      'ghcr.io/other/app',
    ],
    ['another repository', { baseline: image }, 'gate/baseline-image', 'ghcr.io/owner/app'],
    ['no such image', { image: `${registry}/gate/none@${digest}` }, 'image/not-found', 'gate/none'],
    ['no such platform', { platform: 'linux/s390x' }, 'image/platform', 'has linux/amd64'],
    [
      'no database',
      { 'db-repository': `${registry}/gate/no-db:2\n${registry}/gate/shop:2` },
      'gate/database',
      'gate/no-db:2',
    ],
    ['a database of another shape', { 'db-repository': './empty' }, 'gate/database', 'missing'],
  ])('says so: %s', async (_, values, code, said) => {
    const step = await start({ image: await planted('clean'), 'on-error': 'fail', ...values });
    await expectError(step, code, said);
  });

  const report = (body: string) =>
    `while [ $# -gt 0 ]; do [ "$1" = --output ] && out=$2; shift; done\n${body}`;
  it.each<[string, string, string, string]>([
    [
      'truncated JSON',
      report('printf \'{"SchemaVersion":2,"Res\' >"$out"'),
      'gate/report',
      'ends in the middle',
    ],
    ['no report', 'exit 0', 'gate/report', 'ENOENT'],
    [
      'an old schema',
      report('echo \'{"SchemaVersion":1}\' >"$out"'),
      'gate/report-schema',
      'version 1',
    ],
    [
      'another image',
      report(`echo '{"SchemaVersion":2,"Metadata":{"ImageID":"${digest}"}}' >"$out"`),
      'gate/other-image',
      digest,
    ],
    ['a signal', 'kill -KILL $$', 'gate/scanner-killed', 'SIGKILL'],
    ['a crash', 'echo panic: gone >&2; exit 2', 'gate/scanner-failed', 'code 2: panic: gone'],
    [
      'a full disk',
      'printf \'x\\tFATAL\\tFatal error\\terr="write: no space left on device"\\n\' >&2; exit 1',
      'gate/no-space',
      'no space left',
    ],
    ['no end', 'exec sleep 600', 'gate/scanner-timeout', 'within 10 s'],
  ])('is not misled by a scanner with %s', async (name, script, code, said) => {
    const { env, sha256 } = await standIn(runner, name.replaceAll(' ', '-'), script);
    const values = { image: await planted('clean'), 'trivy-sha256': sha256, timeout: '10s' };
    await expectError(await start(values, env), code, said);
  });

  it('names the registry that refuses', async () => {
    await using closed = await startRegistry({ username: 'octocat', password: 'planted-password' });
    const values = { 'registry-username': 'octocat', 'registry-password': 'planted-wrong' };
    const step = await start({ image: `${closed.host}/gate/shop@${digest}`, ...values });
    await expectError(step, 'image/denied', closed.host);
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain('planted-wrong');
  });

  it('never takes a manifest that is not what its digest says', async () => {
    const [, wanted = ''] = (await planted('clean')).split('@');
    const [, other = ''] = (await planted('new')).split('@');
    answer = ({ path }) =>
      path.endsWith(wanted)
        ? { status: 307, headers: { location: path.replace(wanted, other) } }
        : undefined;
    const step = await start({ image: `${proxy.host}/gate/shop@${wanted}` });
    answer = () => undefined;
    await expectError(step, 'image/mismatch', wanted);
  });

  it('stops Trivy when the run is cancelled, and leaves nothing behind', async () => {
    const { env, sha256 } = await standIn(runner, 'slow', 'echo scanning >&2; exec sleep 600');
    const values = { image: await planted('clean'), 'trivy-sha256': sha256, 'on-error': 'warn' };
    const step = runner.start(bundle, { ...defaults, ...values }, env);
    await step.saw(/scanning/);
    step.kill('SIGINT');
    await expectError(await step.done, 'action/cancelled', 'cancelled (SIGINT)');
  });

  it('passes with on-error: warn, and says loudly that nobody looked', async () => {
    const values = { image: await planted('new'), 'db-repository': `${registry}/gate/no-db:2` };
    const step = await start({ ...values, 'on-error': 'warn' });
    expect(step.code).toBe(0);
    expect(step.errors).toEqual([]);
    expect(step.warnings[0]?.text).toContain('Nobody looked at this image');
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/database' });
    expect(step.summary).toMatch(/^## ⚠️ error: nobody knows/);
  });

  it('lets no mistake in a policy pass with on-error: warn', async () => {
    const values = { image: await planted('new'), policy: 'sekrets: low', 'on-error': 'warn' };
    await expectError(await start(values), 'gate/policy-key', 'sekrets');
  });
});

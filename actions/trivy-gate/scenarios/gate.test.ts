import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpFetch } from '@slipway/shared/http/fetch';
import { openRegistry } from '@slipway/shared/image/registry';
import { systemClock } from '@slipway/shared/time/clock';
import { clockAt } from '../../../packages/local-cloud/src/clock-at.ts';
import { type Blob, describeBlob, jsonBlob } from '../../../packages/local-cloud/src/oci/blob.ts';
import { pushArtifact } from '../../../packages/local-cloud/src/oci/push.ts';
import { saveLayout, saveTar } from '../../../packages/local-cloud/src/oci/save.ts';
import { startRegistry } from '../../../packages/local-cloud/src/registry.ts';
import type { Runner } from '../../../packages/local-cloud/src/runner.ts';
import {
  plantedImage,
  plantedSecret,
  type Variant,
} from '../../../packages/local-cloud/src/trivy/images.ts';
import { type CodeScanning, startCodeScanning } from './code-scanning.ts';
import {
  bundle,
  defaults,
  json,
  leftovers,
  makeGateRunner,
  planted,
  registry,
  standIn,
  trivy,
  trivySha256,
} from './world.ts';

const run = promisify(execFile);
const token = 'planted-token-1';
const entry = (expires: string) =>
  `- { id: CVE-2099-10001, purl: pkg:npm/old-router, reason: not reachable, owner: team-a, expires: ${expires} }`;

describe('trivy-gate with a real Trivy on planted images', () => {
  let runner: Runner;
  let github: CodeScanning;
  beforeAll(async () => {
    runner = await makeGateRunner();
    github = await startCodeScanning('octo/shop', token);
    await writeFile(join(runner.workspace, 'list.yml'), entry('2027-03-31'));
  });
  afterAll(async () => {
    await github[Symbol.asyncDispose]();
    await runner[Symbol.asyncDispose]();
  });
  const start = (values: Record<string, string>, env: Record<string, string> = {}) =>
    runner.start(bundle, { ...defaults, ...values }, env).done;
  const reportOf = async (variant: Variant) =>
    (await start({ image: await planted(variant) })).outputs['report'] ?? '';

  it('passes a clean image, and says by what it knows', async () => {
    const image = await planted('clean');
    const step = await start({ image });
    expect(step.code).toBe(0);
    expect(step.outputs).toMatchObject({
      verdict: 'pass',
      reason: '',
      image,
      critical: '0',
      high: '0',
      blocking: '0',
      new: '',
      'db-updated': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(step.summary).toMatch(/^## ✅ pass: /);
    expect(step.summary).toContain('| Trivy | 0&#46;74.0 |');
    expect(step.log.trimEnd().split('\n').at(-1)).toBe(
      `pass: ${image} has 0 findings, 0 blocking.`,
    );
    expect(await leftovers(runner)).toEqual([]);
  });

  it('blocks a planted CRITICAL with a fix; hostile text comes out inert', async () => {
    const step = await start({ image: await planted('all') });
    expect(step.code).toBe(1);
    expect(step.errors.map(({ title }) => title)).toEqual(['trivy-gate: gate/finding']);
    expect(step.errors[0]?.text).toContain('is blocked by 4 critical, 1 high: CVE-2099-10001');
    expect(step.outputs).toMatchObject({
      verdict: 'fail',
      critical: '4',
      high: '3',
      medium: '1',
      low: '1',
      unknown: '1',
      blocking: '5',
    });
    expect(step.log).not.toMatch(/^\s*::(?!error title=trivy-gate)/m);
    expect(step.summary).not.toMatch(/@octocat|^::|<img|<script|javascript:/m);
    expect(step.summary).toContain('Build on a newer base image');
    expect(await leftovers(runner)).toEqual([]);
  });

  it.each<[Variant, string, string]>([
    ['baseline', 'pass', '0'],
    ['new', 'fail', '1'],
  ])('compares %s with the image that is deployed: %s', async (variant, verdict, fresh) => {
    const values = { image: await planted(variant), 'fail-on': 'critical,high,low' };
    const step = await start({ ...values, baseline: await planted('baseline') });
    expect(step.outputs).toMatchObject({ verdict, new: fresh, blocking: fresh, fixed: '0' });
    expect(step.code).toBe(verdict === 'pass' ? 0 : 1);
    expect(step.summary).toContain('### Against the baseline');
  });

  it('counts everything as new while the tag of the baseline is not there yet', async () => {
    const values = { image: await planted('new'), 'fail-on': 'critical' };
    const step = await start({ ...values, baseline: `${registry}/gate/shop:deployed` });
    expect(step.outputs).toMatchObject({ verdict: 'fail', new: '', blocking: '1' });
    expect(step.warnings.map(({ text }) => text).join()).toContain('There is no baseline');
  });

  it('applies no limit of a baseline that is not there yet, and is red', async () => {
    const step = await start({
      image: await planted('clean'),
      baseline: `${registry}/gate/shop:deployed`,
      policy: 'maximum: { low: baseline }',
      'on-error': 'warn',
    });
    expect(step.code).toBe(1);
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/baseline-missing' });
    expect(step.errors[0]?.text).toContain('There is no baseline for linux/amd64 yet');
  });

  it('believes no report that somebody attached to the baseline, and scans it', async () => {
    const [image, before] = [await planted('new'), await planted('clean')];
    const lie = await start({ image, attach: 'true', 'fail-on': 'end-of-life' });
    expect(lie.outputs['verdict']).toBe('pass');
    const report = await readFile(lie.outputs['report'] ?? '');
    const client = openRegistry(registry, {
      fetch: httpFetch,
      clock: systemClock,
      signal: new AbortController().signal,
    });
    const [, digest = ''] = before.split('@');
    await client.attach('gate/shop', await client.resolve('gate/shop', digest), {
      artifactType: 'application/vnd.slipway.trivy-report.v1',
      created: new Date().toISOString(),
      content: {
        mediaType: 'application/vnd.slipway.trivy-report.v1+json+gzip',
        bytes: new Uint8Array(gzipSync(report)),
      },
    });
    const step = await start({ image, baseline: before, 'fail-on': 'critical,high' });
    expect(step.outputs).toMatchObject({ verdict: 'fail', new: '3', blocking: '2' });
    expect(step.summary).not.toContain('attached');
  });

  it('compares with an earlier report, and says what is fixed', async () => {
    const before = await reportOf('new');
    const step = await start({ image: await planted('baseline'), baseline: before });
    expect(step.outputs).toMatchObject({ verdict: 'pass', new: '0', fixed: '1' });
    expect(step.summary).toContain('Fixed: 1');
  });

  it.each([
    ['its last day', '2027-03-31T23:50:00Z', 'pass', ''],
    ['the day after', '2027-04-01T00:00:00Z', 'fail', 'gate/finding'],
  ])('lets an allowed finding pass on %s of its entry', async (_, time, verdict, reason) => {
    const values = { image: await planted('new'), 'fail-on': 'critical', allowlist: 'list.yml' };
    const step = await start({ ...values, 'on-stale': 'warn' }, clockAt(time));
    expect(step.outputs).toMatchObject({ verdict, reason, critical: '1' });
    expect(step.summary).toContain('### Allowlist');
    if (verdict === 'fail') expect(step.errors[0]?.text).toContain('CVE-2099-10001 of team-a');
    else expect(step.warnings.map(({ text }) => text).join()).toContain('The allowlist ends soon');
  });

  it('is an error, not a finding, when an entry expired that nothing needs', async () => {
    const values = { image: await planted('clean'), allowlist: entry('2026-01-01') };
    const step = await start({ ...values, 'on-error': 'warn' });
    expect(step.code).toBe(1);
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/allowlist-expired' });
  });

  it.each<[string, Variant, Record<string, string>, string, string]>([
    ['a secret, never shown', 'secret', {}, 'fail', 'github-pat'],
    [
      'a misconfiguration',
      'misconfiguration',
      { scanners: 'misconfig', 'fail-on': 'misconfiguration:high' },
      'fail',
      'DS-0002',
    ],
    [
      'a licence',
      'license',
      { scanners: 'license', policy: 'licenses: { deny: [AGPL-3.0-only] }' },
      'fail',
      'AGPL-3.0-only',
    ],
    ['the end of life', 'end-of-life', { 'fail-on': 'end-of-life' }, 'fail', 'debian 9'],
    ['what is exploited', 'all', { policy: 'known-exploited: { feed: kev.json }' }, 'fail', 'GHSA'],
  ])('knows %s', async (_, variant, values, verdict, said) => {
    const kev = { vulnerabilities: [{ cveID: 'GHSA-0ld0-temp-1ate' }] };
    await writeFile(join(runner.workspace, 'kev.json'), JSON.stringify(kev));
    const step = await start({ image: await planted(variant), ...values });
    expect(step.outputs['verdict']).toBe(verdict);
    expect(`${step.errors[0]?.text} ${step.summary}`).toContain(said.replaceAll('-', '&#45;'));
    expect(step.log + step.summary).not.toContain(plantedSecret);
  });

  it('scans a tar, an OCI layout and a folder', async () => {
    const image = await plantedImage('all');
    await saveTar(join(runner.workspace, 'app.tar'), image, 'shop:1.0');
    await saveLayout(join(runner.workspace, 'layout'), image, '1.0');
    const [, digest = ''] = (await planted('all')).split('@');
    for (const input of ['app.tar', 'layout', `layout@${digest}`]) {
      const step = await start({ input, scanners: 'vuln' });
      expect({ input, ...step.outputs }).toMatchObject({ input, image: input, blocking: '4' });
    }
    const folder = await start({ input: 'layout/blobs', scanners: 'secret' });
    expect(folder.outputs).toMatchObject({ verdict: 'pass', image: 'layout/blobs' });
  });

  it('scans an image of this machine’s engine', async () => {
    const name = `slipway-gate-${process.pid}:1.0`;
    const file = join(runner.workspace, 'engine.tar');
    await saveTar(file, await plantedImage('new'), name);
    await run('docker', ['load', '--input', file]);
    try {
      const step = await start({ image: name, 'image-source': 'docker', scanners: 'vuln' });
      expect(step.outputs).toMatchObject({
        verdict: 'fail',
        image: `docker.io/library/${name}`,
        critical: '1',
      });
    } finally {
      await run('docker', ['rmi', name]);
    }
  });

  it('logs in to a registry, out of the sight of everybody', async () => {
    const login = { username: 'octocat', password: 'planted-password' };
    await using closed = await startRegistry(login);
    const pair = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    const artifact = await plantedImage('new');
    const authorization = `Basic ${pair}`;
    const image = await pushArtifact(closed.host, 'team/app', artifact, { authorization });
    const record = join(runner.workspace, '../arguments');
    const nosy = await standIn(
      runner,
      'login',
      `echo "$@" >'${record}'\nenv >>'${record}'\nexec '${trivy}' "$@"`,
    );
    const step = await start(
      {
        image,
        'registry-username': login.username,
        'registry-password': login.password,
        'trivy-sha256': nosy.sha256,
      },
      nosy.env,
    );
    expect(step.outputs).toMatchObject({ verdict: 'fail', image });
    const seen = (await readFile(record, 'utf8')) + step.log.replace(/^::add-mask::.*$/gm, '');
    expect(seen).not.toContain(login.password);
    expect(seen).not.toContain(pair);
    expect(await leftovers(runner)).toEqual([]);
  });

  describe('of an index', () => {
    type Entry = { variant: Variant; platform?: string; annotations?: Record<string, string> };
    const indexType = 'application/vnd.oci.image.index.v1+json';
    const indexOf = async (entries: readonly (Entry | Blob)[]) => {
      const manifests = await Promise.all(
        entries.map(async (entry) => {
          if ('bytes' in entry) return describeBlob(entry);
          await planted(entry.variant);
          const [os, architecture, variant] = entry.platform?.split('/') ?? [];
          return {
            ...describeBlob((await plantedImage(entry.variant)).manifest),
            ...(entry.platform && { platform: { os, architecture, variant } }),
            ...(entry.annotations && { annotations: entry.annotations }),
          };
        }),
      );
      return jsonBlob(indexType, { schemaVersion: 2, mediaType: indexType, manifests });
    };
    const push = async (...entries: readonly (Entry | Blob)[]) => {
      for (const entry of entries) {
        if ('bytes' in entry)
          await pushArtifact(registry, 'gate/shop', { manifest: entry, blobs: [] });
      }
      return pushArtifact(registry, 'gate/shop', { manifest: await indexOf(entries), blobs: [] });
    };
    const [amd64, arm64] = ['linux/amd64', 'linux/arm64'];
    const attestation = { 'vnd.docker.reference.type': 'attestation-manifest' };

    it.each<[string, () => Promise<string>, string, string]>([
      [
        'the first bad',
        () => push({ variant: 'new', platform: amd64 }, { variant: 'clean', platform: arm64 }),
        'fail',
        'on linux/amd64',
      ],
      [
        'another one bad',
        () => push({ variant: 'clean', platform: amd64 }, { variant: 'new', platform: arm64 }),
        'fail',
        'on linux/arm64',
      ],
      [
        'a variant bad',
        () =>
          push(
            { variant: 'clean', platform: 'linux/amd64/v2' },
            { variant: 'new', platform: amd64 },
          ),
        'fail',
        'on linux/amd64',
      ],
      [
        'one bad that says it is an attestation',
        () =>
          push(
            { variant: 'clean', platform: amd64 },
            { variant: 'new', platform: arm64, annotations: attestation },
          ),
        'fail',
        'on linux/arm64',
      ],
      [
        'one bad in an index within',
        async () =>
          push(
            { variant: 'clean', platform: amd64 },
            await indexOf([{ variant: 'new', platform: arm64 }]),
          ),
        'fail',
        'on linux/arm64',
      ],
      [
        'both clean',
        () => push({ variant: 'clean', platform: amd64 }, { variant: 'license', platform: arm64 }),
        'pass',
        '',
      ],
    ])('every image is judged: %s', async (_, make, verdict, said) => {
      const image = await make();
      const step = await start({ image });
      expect(step.outputs).toMatchObject({ verdict, image });
      expect(step.errors[0]?.text ?? '').toContain(said);
      expect(step.outputs['reports']?.split('\n')).toHaveLength(3);
      expect(await leftovers(runner)).toEqual([]);
    });

    it.each<[string, Entry, Entry]>([
      [
        'the first annotated as an attestation',
        { variant: 'clean', platform: amd64, annotations: attestation },
        { variant: 'new', platform: amd64 },
      ],
      [
        'spelt in two ways',
        { variant: 'clean', platform: amd64 },
        { variant: 'new', platform: 'linux/x86_64' },
      ],
      ['said by the image alone', { variant: 'clean', platform: amd64 }, { variant: 'new' }],
    ])('nothing is said where a platform is there twice, %s', async (_, one, other) => {
      const step = await start({ image: await push(one, other) });
      expect(step.code).toBe(1);
      expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'image/platform-twice' });
      expect(step.errors[0]?.text).toMatch(/ has linux\/\w+ twice: sha256:/);
    });

    it('with a platform only that one, and says which it left out', async () => {
      const image = await push(
        { variant: 'new', platform: amd64 },
        { variant: 'clean', platform: arm64 },
      );
      const bad = await start({ image, platform: amd64 });
      expect(bad.outputs).toMatchObject({ verdict: 'fail', image });
      expect(bad.warnings.map(({ text }) => text)).toContain(
        'Only linux/amd64 was scanned, not linux/arm64.',
      );
      const good = await start({ image, platform: 'linux/arm64/v8' });
      expect(good.outputs).toMatchObject({ verdict: 'pass', image });
    });

    it('each platform is compared with its own of the baseline', async () => {
      const before = await push(
        { variant: 'new', platform: amd64 },
        { variant: 'clean', platform: arm64 },
      );
      const now = await push(
        { variant: 'clean', platform: amd64 },
        { variant: 'new', platform: arm64 },
      );
      const step = await start({ image: now, baseline: before, 'fail-on': 'critical' });
      expect(step.outputs).toMatchObject({ verdict: 'fail', new: '3', fixed: '3' });
      expect(step.errors[0]?.text).toContain('on linux/arm64');
    });
  });

  it('scans every image of a layout, also those of an index in it', async () => {
    const [amd, arm] = [await plantedImage('clean'), await plantedImage('new')];
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const entry = (one: typeof amd, architecture: string) => ({
      ...describeBlob(one.manifest),
      platform: { os: 'linux', architecture },
    });
    const manifests = [entry(amd, 'amd64'), entry(arm, 'arm64')];
    const manifest = jsonBlob(mediaType, { schemaVersion: 2, mediaType, manifests });
    const blobs = [amd, arm].flatMap((one) => [one.manifest, ...one.blobs]);
    await saveLayout(join(runner.workspace, 'both'), { manifest, blobs }, '1.0');
    const digest = describeBlob(arm.manifest).digest;
    for (const input of ['both', `both@${describeBlob(manifest).digest}`]) {
      const step = await start({ input, scanners: 'vuln' });
      expect({ input, ...step.outputs }).toMatchObject({ input, verdict: 'fail', critical: '1' });
      expect(step.errors[0]?.text).toContain('on linux/arm64');
    }
    const inner = await start({ input: `both@${digest}`, scanners: 'vuln' });
    expect(inner.outputs).toMatchObject({ verdict: 'fail', image: `both@${digest}` });
  });

  it('writes every report out of one scan', async () => {
    const formats = 'json,sarif,cyclonedx,spdx,spdx-json,table,github,cosign-vuln';
    const count = join(runner.workspace, '../calls');
    const counting = await standIn(runner, 'count', `echo "$1" >>'${count}'\nexec '${trivy}' "$@"`);
    const values = { 'trivy-sha256': counting.sha256, 'report-formats': formats };
    const step = await start({ image: await planted('all'), ...values }, counting.env);
    const paths = step.outputs['reports']?.split('\n') ?? [];
    expect(paths.map((path) => path.split('/').at(-1))).toEqual([
      'report.json',
      'report.sarif',
      'report.cdx.json',
      'report.spdx',
      'report.spdx.json',
      'report.txt',
      'report.github.json',
      'report.vuln.json',
    ]);
    expect(await json(paths[2] ?? '')).toMatchObject({ bomFormat: 'CycloneDX' });
    expect(await readFile(paths[5] ?? '', 'utf8')).toContain('CVE-2099-10001');
    const calls = (await readFile(count, 'utf8')).trim().split('\n');
    expect(calls.filter((call) => call === 'image')).toHaveLength(1);
    expect(calls).toHaveLength(7);
  });

  it('gives Trivy nothing of what the job has', async () => {
    const record = join(runner.workspace, '../environment');
    const nosy = await standIn(runner, 'nosy', `env >'${record}'\nexec '${trivy}' "$@"`);
    const secrets = {
      GITHUB_TOKEN: 'planted-1',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'planted-2',
      ACTIONS_RUNTIME_TOKEN: 'planted-3',
      AWS_SECRET_ACCESS_KEY: 'planted-4',
      TRIVY_IGNORE_UNFIXED: 'true',
      TRIVY_SEVERITY: 'LOW',
    };
    await writeFile(join(runner.workspace, '.trivyignore'), 'CVE-2099-10001\n');
    await writeFile(join(runner.workspace, 'trivy.yaml'), 'severity: [LOW]\n');
    const values = { image: await planted('new'), 'trivy-sha256': nosy.sha256, token: 'planted-5' };
    const step = await start(values, { ...secrets, ...nosy.env });
    expect(step.outputs).toMatchObject({ verdict: 'fail', critical: '1', high: '1', low: '1' });
    const names = (await readFile(record, 'utf8')).split('\n').map((line) => line.split('=')[0]);
    expect(
      names.filter((name) => /TOKEN|AWS|GITHUB|ACTIONS|INPUT|TRIVY|RUNNER/.test(name ?? '')),
    ).toEqual([]);
  });

  describe('with upload-sarif', () => {
    const upload = async (values: Record<string, string> = {}) =>
      start(
        {
          image: await planted('new'),
          'upload-sarif': 'true',
          token,
          'fail-on': 'secret',
          ...values,
        },
        { GITHUB_API_URL: github.url },
      );

    it('uploads, and waits until it is processed', async () => {
      const step = await upload();
      expect(step.outputs['verdict']).toBe('pass');
      expect(github.uploads.at(-1)).toMatchObject({
        commit_sha: runner.env['GITHUB_SHA'],
        ref: 'refs/heads/main',
        tool_name: 'Trivy',
        sarif: await json(step.outputs['sarif'] ?? ''),
      });
      expect(step.masks).toContain(token);
    });

    it('waits where GitHub asks for it with a 403', async () => {
      const known = github.uploads.length;
      const message = 'You have exceeded a secondary rate limit.';
      github.next = { status: 403, message, headers: { 'retry-after': '1' } };
      const step = await upload();
      expect(step.outputs['verdict']).toBe('pass');
      expect(github.uploads).toHaveLength(known + 1);
    });

    it.each<[string, CodeScanning['next'], RegExp]>([
      [
        'no right to',
        { status: 403, message: 'Resource not accessible by integration' },
        /403, Res/,
      ],
      [
        'code scanning is off',
        { status: 403, message: 'Code scanning is not enabled' },
        /not enabled/,
      ],
      ['it cannot be processed', { failed: 'rejected: too many rules' }, /too many rules/],
    ])('is an error when %s', async (_, next, said) => {
      github.next = next;
      const step = await upload();
      github.next = undefined;
      expect(step.outputs).toMatchObject({
        verdict: 'error',
        reason: 'gate/upload',
        critical: '1',
      });
      expect(step.errors[0]?.text).toMatch(said);
    });

    it('does not take a finding away when it fails', async () => {
      github.next = { status: 403, message: 'no' };
      const step = await upload({ 'fail-on': 'critical' });
      expect(step.outputs).toMatchObject({ verdict: 'fail', reason: 'gate/finding' });
      expect(step.warnings.map(({ text }) => text).join()).toContain('GitHub did not take');
    });
  });

  it('runs the very bytes that it checked', async () => {
    expect(trivySha256).toMatch(/^[0-9a-f]{64}$/);
    const step = await start({
      image: await planted('clean'),
      'trivy-sha256': 'a'.repeat(64),
      'trivy-mirrors': 'http://127.0.0.1:9/{archive}',
    });
    expect(step.outputs).toMatchObject({ verdict: 'error', reason: 'gate/scanner-download' });
    expect(step.log).toContain(`is not used: its SHA-256 is ${trivySha256}`);
  });
});

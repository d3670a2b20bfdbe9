import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActRun, runAct } from '../packages/local-cloud/src/act.ts';
import { clockAt } from '../packages/local-cloud/src/clock-at.ts';
import { writeFiles } from '../packages/local-cloud/src/oci/archive.ts';
import { type LocalRegistry, startRegistry } from '../packages/local-cloud/src/registry.ts';
import { pushDatabase } from '../packages/local-cloud/src/trivy/database-artifact.ts';
import { oldRouter } from '../packages/local-cloud/src/trivy/images.ts';
import { type Package, packageFiles } from '../packages/local-cloud/src/trivy/packages.ts';
import { trivySha256 } from '../packages/local-cloud/src/trivy/program.ts';
import {
  makeUserRepository,
  type UserRepository,
} from '../packages/local-cloud/src/user-repository.ts';
import { root } from './root.ts';

async function ownVersion(): Promise<string> {
  const text = await readFile(join(root, 'package.json'), 'utf8');
  const { version }: { version: string } = JSON.parse(text);
  return version;
}

/** Midnight in UTC so many days from now, ISO 8601. */
function midnight(days: number): string {
  const day = 86_400_000;
  return new Date((Math.floor(Date.now() / day) + days) * day).toISOString();
}

const entry = {
  id: 'CVE-2099-10001',
  reason: 'not reachable',
  owner: 'team-shop',
  expires: midnight(1).slice(0, 10),
};

describe('the gate of ship-ssh.yml and build.yml, under act', () => {
  let registry: LocalRegistry;
  let repository: UserRepository;
  let database = '';
  let sha256 = '';
  let image = '';

  beforeAll(async () => {
    registry = await startRegistry();
    image = `${registry.host}/octo/shop`;
    database = await pushDatabase(registry.host, 'octo/trivy-db', {
      updatedAt: new Date().toISOString(),
    });
    sha256 = await trivySha256();
    repository = await makeUserRepository(join(root, 'docs/decisions'), {
      Dockerfile: 'FROM scratch\nCOPY files/ /\n',
      'files/hello.txt': 'hello\n',
      'allow.yml': JSON.stringify([entry]),
    });
  }, 60_000);
  afterAll(async () => {
    await repository[Symbol.asyncDispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** Commits, and runs a workflow as its user would call it. */
  async function call(
    workflow: 'ship' | 'build',
    inputs: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<ActRun & { tags: string[] }> {
    const all = {
      image,
      'trivy-sha256': sha256,
      'db-repository': database,
      ...(workflow === 'ship'
        ? { version: 'false', hosts: 'deploy@127.0.0.1:9', path: '/srv/shop' }
        : {}),
      ...inputs,
    };
    const lines = Object.entries(all).map(
      ([key, value]) => `      ${key}: ${JSON.stringify(value)}\n`,
    );
    const path = '.github/workflows/call.yml';
    await writeFiles(repository.folder, {
      'changes.txt': `${Date.now()}\n`,
      [path]: `name: call
on: push
permissions: {}
jobs:
  call:
    permissions: { contents: write, packages: write, id-token: write }
    uses: org/actions/.github/workflows/${workflow === 'ship' ? 'ship-ssh' : workflow}.yml@v1
    with:
${lines.join('')}`,
    });
    const commit = await repository.commit('Change something');
    const run = await runAct({
      repository: repository.folder,
      workflow: path,
      tree: join(root, 'out/release'),
      refs: ['org/actions@v1', `org/actions@v${await ownVersion()}`],
      secrets: {},
      env,
    });
    const answer = await fetch(`http://${registry.host}/v2/octo/shop/tags/list`);
    const { tags = [] }: { tags?: string[] } = Object(await answer.json());
    return { ...run, tags: tags.filter((tag) => tag === `sha-${commit.slice(0, 7)}`) };
  }

  /** What the image has in it now, whatever a test before left there. */
  async function plant(...packages: Package[]): Promise<void> {
    const files = join(repository.folder, 'files');
    await rm(files, { recursive: true, force: true });
    await writeFiles(files, { 'hello.txt': 'hello\n', ...packageFiles(packages) });
  }

  it('lets a clean image pass, and moves its tags only then', async () => {
    await plant();
    const run = await call('build');
    expect(run.code).toBe(0);
    expect(run.log).toMatch(/pass: .* has 0 findings[\s\S]*points to sha256:/);
    expect(run.tags).toHaveLength(1);
  }, 120_000);

  it('blocks a planted CRITICAL with a fix: no tag moves, nothing is deployed', async () => {
    await plant(oldRouter);
    const run = await call('ship');
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=trivy-gate%3A gate/finding',
    ]);
    expect(run.log).not.toContain('deploy-ssh');
    expect(run.summaries.join('\n')).toContain('Update `old-router`');
    expect(run.tags).toEqual([]);
  }, 120_000);

  it('blocks it as well when it is there already and is promoted', async () => {
    await plant(oldRouter);
    const unjudged = await call('build', { gate: 'false' });
    expect(unjudged.code).toBe(0);
    const from = new RegExp(`${image}@sha256:[0-9a-f]{64}`).exec(unjudged.log)?.[0] ?? '';
    expect(from).not.toBe('');
    const run = await call('build', { from });
    expect(run.code).not.toBe(0);
    expect(run.log.match(/::error title=[^:]*/g)).toEqual([
      '::error title=trivy-gate%3A gate/finding',
    ]);
    expect(run.tags).toEqual([]);
    const allowed = await call('build', { from, allowlist: 'allow.yml' });
    expect(allowed.code).toBe(0);
    expect(allowed.tags).toHaveLength(1);
  }, 120_000);

  it('lets it pass with an allowlist entry, and not the day after its last one', async () => {
    await plant(oldRouter);
    const allowed = await call('build', { allowlist: 'allow.yml' });
    expect(allowed.code).toBe(0);
    expect(allowed.tags).toHaveLength(1);

    const later = clockAt(midnight(2));
    const expired = await call('ship', { allowlist: 'allow.yml' }, later);
    expect(expired.code).not.toBe(0);
    expect(expired.log).toContain('The allowlist has expired');
    expect(expired.tags).toEqual([]);
  }, 120_000);

  it('lets it pass when it is in the baseline, and blocks what is new', async () => {
    await plant(oldRouter);
    const known = await call('build', { baseline: `${image}:main` });
    expect(known.code).toBe(0);
    expect(known.summaries.join('\n')).toContain('Against the baseline');

    await plant(oldRouter, { ...oldRouter, folder: 'admin' });
    const fresh = await call('ship', { baseline: `${image}:main` });
    expect(fresh.code).not.toBe(0);
    expect(fresh.summaries.join('\n')).toContain('New: 1');
    expect(fresh.tags).toEqual([]);
  }, 120_000);

  it('knows nothing without a database, and says just that', async () => {
    await plant();
    const run = await call('ship', { 'db-repository': `${registry.host}/octo/no-db:2` });
    expect(run.code).not.toBe(0);
    expect(run.log).toContain('::error title=trivy-gate%3A gate/database::');
    expect(run.log).not.toContain('gate/finding');
    expect(run.tags).toEqual([]);
  }, 120_000);
});

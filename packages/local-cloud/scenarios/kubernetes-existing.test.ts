import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubernetesClient } from '../src/kubernetes/client.ts';
import { startKubernetes } from '../src/kubernetes/kubernetes.ts';
import { kubectlProgram } from '../src/kubernetes/programs.ts';
import { sharedKubernetes } from '../src/kubernetes/shared.ts';

const given = process.env['SLIPWAY_KUBECONFIG'];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-existing-'));
});

afterEach(async () => {
  if (given === undefined) delete process.env['SLIPWAY_KUBECONFIG'];
  else process.env['SLIPWAY_KUBECONFIG'] = given;
  await rm(folder, { recursive: true, force: true });
});

describe('a cluster that is there already', () => {
  it('is used by its kubeconfig, gives users their certificates, and has nothing of ours in the end', async () => {
    const real = await sharedKubernetes();
    const before = await named(real);
    process.env['SLIPWAY_KUBECONFIG'] = join(folder, 'given');
    await writeFile(join(folder, 'given'), real.kubeconfig);
    const cluster = await startKubernetes();
    try {
      expect(cluster.node).toEqual(real.node);
      const namespace = await cluster.namespace();
      const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }];
      await cluster.allow('deployer', rules, namespace);
      await writeFile(join(folder, 'user'), await cluster.user('deployer', ['team']));
      const kubectl = (...args: string[]) =>
        execFileSync(kubectlProgram(), ['--kubeconfig', join(folder, 'user'), ...args]).toString();
      const whoami = JSON.parse(kubectl('auth', 'whoami', '--output', 'json'));
      expect(whoami.status.userInfo).toMatchObject({
        username: 'deployer',
        groups: ['team', 'system:authenticated'],
      });
      expect(JSON.parse(kubectl('get', 'pods', '-n', namespace, '-o', 'json')).items).toEqual([]);
      await expect(cluster.restartApiServer()).rejects.toThrow('a cluster of its own');
    } finally {
      await cluster[Symbol.asyncDispose]();
    }
    expect(await named(real)).toEqual(before);
  }, 120_000);
});

/** Who made what there is and is not on its way out; others use the same cluster meanwhile. */
async function named(cluster: KubernetesClient): Promise<string[]> {
  const kinds = 'namespaces,clusterroles,clusterrolebindings';
  const listed = await cluster.kubectl(['get', kinds, '--output', 'json']);
  const items: { kind: string; metadata: ObjectMeta }[] = JSON.parse(listed).items;
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ kind, metadata: { labels, name } }) => `${kind} ${name} ${labels?.['slipway-test']}`)
    .filter((one) => one.includes(`${process.pid}`));
}

interface ObjectMeta {
  name: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
}

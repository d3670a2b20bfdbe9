import { describe, expect, it } from '@jest/globals';
import type { Kubernetes } from '../src/kubernetes/kubernetes.ts';
import { keepKubernetes, sharedKubernetes, sharedVariable } from '../src/kubernetes/shared.ts';

describe('one cluster for the test files of a run', () => {
  it('is the same for all, and each works in namespaces of its own', async () => {
    const [one, other] = await Promise.all([sharedKubernetes(), sharedKubernetes()]);
    expect(one.server).toBe(other.server);
    const namespaces = await Promise.all([one.namespace(), other.namespace()]);
    expect(new Set(namespaces).size).toBe(2);
    expect(await other.kubectl(['get', 'namespace', namespaces[0], '--output', 'name'])).toBe(
      `namespace/${namespaces[0]}\n`,
    );
  }, 120_000);

  it('ends the trust in an issuer when nobody wants it any more', async () => {
    const said: string[] = [];
    const ended = Promise.withResolvers<void>();
    const trust: Kubernetes['trust'] = async ({ issuer }) => {
      said.push(issuer.url);
      return {
        async [Symbol.asyncDispose]() {
          ended.resolve();
        },
      };
    };
    const given = process.env[sharedVariable];
    const real = await sharedKubernetes();
    await using keeper = await keepKubernetes(async () => ({
      ...real,
      trust,
      restartApiServer: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }));
    process.env[sharedVariable] = keeper.socket;
    try {
      const url = 'https://127.0.0.1:1';
      const claimMappings = { username: { claim: 'sub', prefix: '' } };
      const cluster = await sharedKubernetes();
      const trusted = await cluster.trust({ issuer: { url, audiences: ['a'] }, claimMappings });
      expect(said).toEqual([url]);
      trusted[Symbol.dispose]();
      await ended.promise;
    } finally {
      process.env[sharedVariable] = given;
    }
  }, 120_000);

  it('says why there is none', async () => {
    await using keeper = await keepKubernetes(() => Promise.reject(new Error('no root')));
    const given = process.env[sharedVariable];
    process.env[sharedVariable] = keeper.socket;
    try {
      await expect(sharedKubernetes()).rejects.toThrow('no root');
    } finally {
      process.env[sharedVariable] = given;
    }
  });
});

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { inspect } from 'node:util';
import { expect } from '@jest/globals';
import { awsServices } from '../../../local-cloud/src/aws/aws.ts';
import { azureServices } from '../../../local-cloud/src/azure/azure.ts';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/src/cloud.ts';
import { githubServices } from '../../../local-cloud/src/github/github.ts';
import { demoSeed, type Seed } from '../../../local-cloud/src/seed.ts';
import { Failure } from '../../src/failure/failure.ts';
import { roleIdentity } from '../../src/identity/aws-role.ts';
import type { IdentityContext } from '../../src/identity/context.ts';

export const role = 'arn:aws:iam::123456789012:role/deploy';
export const clientId = '11111111-2222-3333-4444-555555555555';
export const tenantId = demoSeed().azure.tenantId;

/** A cloud, and a run in it that writes down what it masks and what it sends. */
export interface World extends AsyncDisposable {
  cloud: LocalCloud;
  means: IdentityContext;
  /** Secrets in the order in which they were masked. */
  masked: string[];
  /** Pauses between attempts, in milliseconds. */
  pauses: number[];
  /** Addresses that were asked with fetch. */
  asked: string[];
  /** Fails when a secret was sent anywhere before it was masked. */
  expectMaskedBeforeUse(): void;
  /** Forgets what happened so far; a fault that hit nothing is an error of the test. */
  reset(): void;
  /** The failure of the work; no masked secret may be anywhere in it. */
  failure(work: Promise<unknown>): Promise<Failure>;
}

export async function startWorld(change: (seed: Seed) => Partial<Seed> = () => ({})) {
  const seed = demoSeed();
  const cloud = await startLocalCloud({ seed: { ...seed, ...change(seed) } });
  // The AWS SDK reads the environment of the process, and nothing of this machine may get in.
  const env = {
    GITHUB_RUN_ID: '42',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    NO_PROXY: '127.0.0.1',
    ...cloud.env,
  };
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);

  const masked: string[] = [];
  const pauses: number[] = [];
  const asked: string[] = [];
  let passed = 0;
  const sent: { text: string; masked: number }[] = [];
  const send = (text: string) => sent.push({ text, masked: masked.length });
  const onNodeRequest = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('request' in message)) return;
    if (message.request instanceof ClientRequest) send(inspect(message.request.getHeaders()));
  };
  subscribe('http.client.request.start', onNodeRequest);

  const means: IdentityContext = {
    env,
    mask: (secret) => masked.push(secret),
    clock: {
      now: () => passed,
      async sleep(ms, signal) {
        if (ms === 10_000) return await silence(cloud, signal);
        pauses.push(ms);
        passed += ms;
      },
    },
    fetch: async (input, init) => {
      asked.push(String(input));
      send(inspect({ ...init, body: String(init?.body) }, { depth: 3, maxStringLength: null }));
      return await fetch(input, init);
    },
  };
  const world: World = {
    cloud,
    means,
    masked,
    pauses,
    asked,
    expectMaskedBeforeUse() {
      expect(sent).not.toHaveLength(0);
      for (const [index, secret] of masked.entries()) {
        const early = sent.find((one) => one.text.includes(secret) && one.masked <= index);
        expect(early).toBeUndefined();
      }
    },
    reset() {
      for (const service of services) expect(cloud.faults.left(service)).toEqual([]);
      for (const list of [masked, pauses, asked, sent]) list.length = 0;
    },
    async failure(work) {
      const error: unknown = await work.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof Failure)) throw new Error('no Failure', { cause: error });
      const all = `${error.remedy} ${inspect(error, { depth: 9, maxStringLength: null })}`;
      for (const secret of masked) expect(all).not.toContain(secret);
      return error;
    },
    async [Symbol.asyncDispose]() {
      unsubscribe('http.client.request.start', onNodeRequest);
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await cloud[Symbol.asyncDispose]();
    },
  };
  return world;
}

const services = [...githubServices, ...awsServices, ...azureServices] as const;

/** The limit of one attempt: it passes as soon as a service that is to be slow has the request. */
async function silence({ faults }: LocalCloud, done: AbortSignal | undefined): Promise<void> {
  const slow = services.filter((service) => faults.left(service)[0] === 'slow');
  const finished = new Promise<never>((_, reject) => {
    done?.addEventListener('abort', () => reject(done.reason), { once: true });
  });
  await Promise.race([finished, ...slow.map((service) => faults.hit(service))]);
}

/** The role of the tests, as the job of a run. */
export const identityOf = (context: IdentityContext, region = 'eu-central-1') =>
  roleIdentity({ role, region }, context);

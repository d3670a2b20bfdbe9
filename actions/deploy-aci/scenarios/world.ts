import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Script } from '../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import { atPace, scripts } from '../../../packages/local-cloud/src/azure/aci/virtual/script.ts';
import { type AzureSeed, demoAzure } from '../../../packages/local-cloud/src/azure/seed.ts';
import {
  startVirtualAzure,
  type VirtualAzure,
} from '../../../packages/local-cloud/src/azure/virtual-azure.ts';
import { type GitHub, startGitHub } from '../../../packages/local-cloud/src/github/github.ts';
import {
  makeRunner,
  type Runner,
  type Step,
  type StepResult,
} from '../../../packages/local-cloud/src/runner.ts';
import { ArmClient } from '../../../packages/local-cloud/test/azure/arm-client.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');
const quick = 0.01;

/** Inputs by which a job signs in to the emulated Azure. */
export const identity = {
  'azure-client-id': '11111111-2222-3333-4444-555555555555',
  'azure-tenant-id': '99999999-8888-7777-6666-555555555555',
  'azure-subscription-id': '77777777-6666-5555-4444-333333333333',
};

/** An image by digest, as behaviours know it: `shop-crash` crashes. No registry is behind it. */
export function image(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return `localhost:9/${name}@sha256:${digest}`;
}

/** An emulated Azure at a hundredth of its pace, GitHub's tokens, and a runner. */
export class World implements AsyncDisposable {
  readonly azure: VirtualAzure;
  readonly github: GitHub;
  readonly runner: Runner;
  readonly #pace: number;

  private constructor(azure: VirtualAzure, github: GitHub, runner: Runner, pace: number) {
    this.#pace = pace;
    this.azure = azure;
    this.github = github;
    this.runner = runner;
  }

  /**
   * @param seed what exists in Azure; by default one identity that the job may use
   * @param pace of Azure; 1 is that of the real one
   */
  static async open(seed: AzureSeed = demoAzure(), pace = quick): Promise<World> {
    const [github, runner] = await Promise.all([
      startGitHub({ repository: 'org/app' }),
      makeRunner(),
    ]);
    const azure = await startVirtualAzure({ pace, issuer: github.oidc.issuer, seed });
    const world = new World(azure, github, runner, pace);
    const { crash, neverReady, noImage, outOfMemory } = scripts;
    world.behave('shop-crash', crash);
    world.behave('shop-absent', noImage);
    world.behave('shop-hungry', outOfMemory);
    world.behave('shop-deaf', neverReady);
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [this.azure, this.github, this.runner];
    await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
  }

  /** From now on containers of an image behave so, at the pace of this world. */
  behave(name: string, script: Script): void {
    this.azure.runtime.behave(`${name}@`, atPace(script, this.#pace));
  }

  /** The group with one version, as somebody else has made it; returns once it serves. */
  async given(name: string, more: object = {}): Promise<void> {
    const { azure, world } = this.azure;
    const arm = await ArmClient.of(azure);
    const port = { port: 3000, protocol: 'TCP' };
    const resources = { requests: { cpu: 1, memoryInGB: 1.5 } };
    const properties = { image: image(name), ports: [port], resources };
    const body = {
      location: 'eastus',
      properties: {
        osType: 'Linux',
        restartPolicy: 'Always',
        containers: [{ name: 'shop', properties }],
        ipAddress: { type: 'Public', ports: [port], dnsNameLabel: 'shop-web' },
        ...more,
      },
    };
    const { message } = await arm.about('PUT', { body });
    if (message) throw new Error(message);
    while (world.group('shop').provisioningState !== 'Succeeded') {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** What a step needs to find the emulated clouds. */
  get env(): Record<string, string> {
    return { ...this.github.oidc.env, ...this.azure.env };
  }

  /** Starts the action on one version. */
  start(name: string, inputs: Readonly<Record<string, string>> = {}): Step {
    return this.runner.start(
      bundle,
      {
        ...identity,
        'resource-group': 'shop',
        name: 'shop',
        image: image(name),
        ports: '3000',
        'dns-label': 'shop-web',
        'health-path': '/health',
        timeout: '30s',
        ...inputs,
      },
      this.env,
    );
  }

  /** Runs the action on one version to its end. */
  deploy(name: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> {
    return this.start(name, inputs).done;
  }

  /** Names of the container groups that there are. */
  get groups(): string[] {
    return this.azure.world
      .groups()
      .map(({ place }) => place.name)
      .sort();
  }
}

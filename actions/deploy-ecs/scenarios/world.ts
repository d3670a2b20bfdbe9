import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type Aws, type AwsOptions, startAws } from '../../../packages/local-cloud/src/aws/aws.ts';
import {
  type Durations,
  quickDurations,
} from '../../../packages/local-cloud/src/aws/ecs/options.ts';
import type { EcsService } from '../../../packages/local-cloud/src/aws/ecs/services/service.ts';
import { atPace, scripts } from '../../../packages/local-cloud/src/aws/ecs/virtual/script.ts';
import {
  type VirtualEcs,
  virtualEcs,
} from '../../../packages/local-cloud/src/aws/ecs/virtual/virtual-ecs.ts';
import { demoAws } from '../../../packages/local-cloud/src/aws/seed.ts';
import {
  makeRunner,
  type Runner,
  type Step,
  type StepResult,
} from '../../../packages/local-cloud/src/runner.ts';
import { appAnswers } from '../test/rollout/app-answers.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');
const role = 'arn:aws:iam::123456789012:role/deploy';
export const place = { account: '123456789012', region: 'eu-central-1' };
const pace = 0.001;

/** An image by digest, as behaviours know it: `shop-crash` crashes. No registry is behind it. */
export function image(name: string): string {
  const digest = createHash('sha256').update(name).digest('hex');
  return `localhost:9/${name}@sha256:${digest}`;
}

/** What the first version runs. */
export const taskDefinition = JSON.stringify({
  family: 'shop',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'web',
      image: 'replaced',
      essential: true,
      portMappings: [{ containerPort: 80, protocol: 'tcp' }],
    },
  ],
});

/** What the service is created from. */
export const serviceDefinition = JSON.stringify({
  desiredCount: 2,
  launchType: 'FARGATE',
  networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
});

export interface WorldOptions extends Pick<AwsOptions, 'issuer' | 'sessionSeconds'> {
  /** Those that are others than at that pace. */
  durations?: Partial<Durations>;
  /** How far the clock of AWS is ahead of the runner's, in milliseconds. */
  ahead?: number;
}

/** An emulated AWS at a thousandth of its pace, an app before it, and a runner. */
export class World implements AsyncDisposable {
  readonly aws: Aws;
  readonly ecs: VirtualEcs;
  readonly runner: Runner;
  readonly #secrets: string[] = [];
  readonly #app: { url: string; close(): void };

  private constructor(aws: Aws, ecs: VirtualEcs, runner: Runner) {
    this.aws = aws;
    this.ecs = ecs;
    this.runner = runner;
    this.#app = { url: '', close: () => undefined };
  }

  static async open({ durations, ahead = 0, ...more }: WorldOptions = {}): Promise<World> {
    const ecs = virtualEcs({ durations: { ...quickDurations, ...durations }, pace });
    const { crash, healthy, noImage } = scripts;
    ecs.runtime.behave('shop-crash', atPace(crash, pace));
    ecs.runtime.behave('shop-absent', atPace(noImage, pace));
    // Its image is pulled for an hour.
    ecs.runtime.behave('shop-stuck', { ...healthy, pull: 3_600_000 });
    const now = () => Date.now() + ahead;
    const [aws, runner] = await Promise.all([
      startAws({ ...more, seed: demoAws('octo/shop'), ecs: ecs.worlds, now }),
      makeRunner(),
    ]);
    const world = new World(aws, ecs, runner);
    await world.#serveApp();
    return world;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#app.close();
    await Promise.all([this.aws[Symbol.asyncDispose](), this.runner[Symbol.asyncDispose]()]);
  }

  get service(): EcsService {
    const found = this.ecs.worlds.at(place).findService('default', 'shop');
    if (!found) throw new Error('there is no service');
    return found;
  }

  /** Image that the service is set to run. */
  get serves(): string {
    this.ecs.timeline.advance();
    return String(this.service.primary?.definition.containerDefinitions?.[0]?.image);
  }

  /** Where the app answers, its test traffic at `/test`. */
  get app(): string {
    return this.#app.url;
  }

  /** New credentials of the role. */
  get credentials() {
    const { accessKeyId, secretAccessKey, sessionToken } = this.aws.credentials(role);
    this.#secrets.push(secretAccessKey, sessionToken);
    return { accessKeyId, secretAccessKey, sessionToken };
  }

  /** What no step may show. */
  get secrets(): readonly string[] {
    return this.#secrets;
  }

  /** What a step needs to find the emulated AWS, with new credentials of the role. */
  get env(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken } = this.credentials;
    return {
      ...this.aws.env,
      AWS_REGION: place.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    };
  }

  /** Starts the action on one version. */
  start(name: string, inputs: Readonly<Record<string, string>> = {}): Step {
    return this.runner.start(bundle, { ...this.inputs(name), ...inputs }, this.env);
  }

  /** What is given for one version, and nothing more. */
  inputs(name: string): Record<string, string> {
    return {
      service: 'shop',
      image: image(name),
      'health-url': `${this.#app.url}/health`,
      timeout: '30s',
    };
  }

  /** Runs the action on one version to its end. */
  deploy(name: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> {
    return this.start(name, inputs).done;
  }

  /** Creates the service by the action itself. */
  first(name = 'shop-1', inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> {
    const documents = {
      'task-definition': taskDefinition,
      'service-definition': serviceDefinition,
    };
    return this.deploy(name, { ...documents, ...inputs });
  }

  async #serveApp(): Promise<void> {
    const server = createServer((request, response) => {
      this.ecs.timeline.advance();
      const found = this.ecs.worlds.at(place).findService('default', 'shop');
      const test = request.url?.startsWith('/test') === true;
      const { body, status } = found ? appAnswers(found, test) : { body: '', status: 503 };
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    Object.assign(this.#app, {
      url: `http://127.0.0.1:${port}`,
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
  }
}

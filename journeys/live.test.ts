import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ActRequest, type ActRun, runAct } from '../packages/local-cloud/src/act.ts';
import { pushExampleApp } from '../packages/local-cloud/src/app-image.ts';
import { type RealEcs, startRealEcs } from '../packages/local-cloud/src/aws/real-ecs.ts';
import { demoAws } from '../packages/local-cloud/src/aws/seed.ts';
import { type GitHub, startGitHub } from '../packages/local-cloud/src/github/github.ts';
import {
  keptStorage,
  type LocalRegistry,
  startRegistry,
} from '../packages/local-cloud/src/registry.ts';
import { makeRunner } from '../packages/local-cloud/src/runner.ts';
import { root } from './root.ts';
import { makeSuiteRepository, type SuiteRepository } from './suite-repository.ts';

const role = 'arn:aws:iam::123456789012:role/deploy';

// Everything of live.yml but Terraform, which would want a whole AWS: in its place a program that says what
// infra/aws says of the emulated cluster, and writes down how it was called.
describe('live.yml deploys to an account, breaks the app and checks what was said, under act', () => {
  let suite: SuiteRepository;
  let registry: LocalRegistry;
  let github: GitHub;
  let ecs: RealEcs;
  let commit = '';
  let run: ActRun;

  beforeAll(async () => {
    suite = await makeSuiteRepository();
    registry = await startRegistry(undefined, keptStorage());
    github = await startGitHub({ repository: 'org/actions', git: suite.bare });
    const { issuer } = github.oidc;
    ecs = await startRealEcs('/health', { issuer, seed: demoAws('org/actions') });
    await createService();
  }, 180_000);
  afterAll(async () => {
    for (const each of [github, ecs, registry, suite]) await each[Symbol.asyncDispose]();
  }, 60_000);

  it('is green, and the first version serves after the broken one', async () => {
    commit = await suite.commit('test: live');
    const terraform = await standInForTerraform();
    run = await runAct({
      repository: suite.checkout,
      workflow: '.github/workflows/live.yml',
      event: 'workflow_dispatch',
      inputs: { 'aws-role': role, 'aws-region': ecs.region, 'state-bucket': 'states' },
      tree: join(root, 'out/release'),
      refs: ['org/actions@v0.0.0', `org/actions@v${await version()}`],
      standIns: terraform.standIns,
      env: terraform.env,
      secrets: { GITHUB_TOKEN: github.settings.token },
      github: {
        GITHUB_API_URL: github.api,
        GITHUB_GRAPHQL_URL: github.graphql,
        ...github.oidc.env,
        ...ecs.aws.env,
      },
    });
    expect(run.log).toContain('status of the ship: deployed');
    expect(run.log).toContain('status of the broken version: rolled-back');
    expect(run.log).toMatch(/reason: ecs\/[a-z-]+/);
    expect(run.code).toBe(0);
    const answer = await fetch(`${ecs.url}/health`);
    expect(await answer.json()).toMatchObject({ status: 'ok', commit });
  }, 300_000);

  it('applies first and destroys last, each time with a token for AWS', async () => {
    const calls = (await readFile(join(suite.folder, 'terraform.log'), 'utf8')).trim().split('\n');
    expect(calls.map((call) => call.split(' ').slice(0, 2).join(' '))).toEqual([
      'init -lockfile=readonly',
      'apply -auto-approve',
      'output -json',
      'output -raw',
      'init -lockfile=readonly',
      'destroy -auto-approve',
    ]);
    for (const call of calls) expect(call).toMatch(/ token:eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(calls[0]).toContain('-backend-config=bucket=states -backend-config=region=eu-central-1');
  });

  // As infra/aws leaves it: a service that runs something.
  async function createService(): Promise<void> {
    await using runner = await makeRunner({ repository: 'org/actions' });
    const bundle = join(root, 'actions/deploy-ecs/dist/index.js');
    const inputs = {
      image: await pushExampleApp(registry.host, 'first'),
      cluster: 'shop',
      service: 'shop',
      'task-definition': JSON.stringify(taskDefinition),
      'service-definition': JSON.stringify(serviceDefinition(ecs)),
      'aws-role': role,
      'aws-region': ecs.region,
      'health-url': `${ecs.url}/health`,
    };
    const { code, log } = await runner.start(bundle, inputs, { ...github.oidc.env, ...ecs.aws.env })
      .done;
    if (code !== 0) throw new Error(log);
  }

  async function standInForTerraform(): Promise<Required<Pick<ActRequest, 'env' | 'standIns'>>> {
    const workflow = await readFile(join(root, '.github/workflows/live.yml'), 'utf8');
    const used = /uses: (hashicorp\/setup-terraform@[0-9a-f]{40})/.exec(workflow)?.[1] ?? '';
    const action = join(suite.folder, 'setup-terraform');
    const programs = join(suite.folder, 'programs');
    for (const folder of [action, programs]) await mkdir(folder);
    const runs = { using: 'composite', steps: [{ run: 'true', shell: 'bash' }] };
    await writeFile(join(action, 'action.yml'), JSON.stringify({ name: 'nothing', runs }));
    const said = {
      'aws-region': ecs.region,
      'aws-role': role,
      'build-aws-role': '',
      image: `${registry.host}/org/live`,
      cluster: 'shop',
      service: 'shop',
      container: 'app',
      'health-url': `${ecs.url}/health`,
    };
    await writeFile(join(suite.folder, 'slipway.json'), JSON.stringify(said));
    await writeFile(join(suite.folder, 'task-definition'), JSON.stringify(taskDefinition));
    await writeFile(join(programs, 'terraform'), standIn, { mode: 0o755 });
    const path = `${programs}:${process.env['PATH']}`;
    return { standIns: { [used]: action }, env: { PATH: path, LIVE_FOLDER: suite.folder } };
  }
});

const standIn = `#!/usr/bin/env bash
set -euo pipefail
echo "$* token:$(cat "$AWS_WEB_IDENTITY_TOKEN_FILE")" >>"$LIVE_FOLDER/terraform.log"
case "$1 \${2-} \${3-}" in
  'output -json slipway') cat "$LIVE_FOLDER/slipway.json" ;;
  'output -raw task-definition') cat "$LIVE_FOLDER/task-definition" ;;
esac
`;

const taskDefinition = {
  family: 'live',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  executionRoleArn: 'arn:aws:iam::123456789012:role/live-execution',
  containerDefinitions: [
    {
      name: 'app',
      image: 'set by the deploy',
      essential: true,
      portMappings: [{ containerPort: 3000 }],
    },
  ],
};

function serviceDefinition({ balancer: { targetGroupArn } }: RealEcs): object {
  return {
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [] } },
    loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 3000 }],
    deploymentConfiguration: {
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
    },
  };
}

async function version(): Promise<string> {
  const { version }: { version: string } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  return version;
}

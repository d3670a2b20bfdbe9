import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type EntryAlone,
  entryAlone,
  overLong,
  shownOf,
  withControlCharacter,
} from '../../../packages/local-cloud/src/entry-alone.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { manifest } from '../src/manifest.ts';
import { bundle, serviceDefinition, taskDefinition, World } from './world.ts';

const arn = 'arn:aws:ecs:eu-central-1:123456789012';
const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db';
const names = Object.keys(manifest.inputs);
const remedy = 'Correct the inputs; nothing was changed.';
/** Those whose text is longer than one variable of Linux: a file has them, never `with:`. */
const documents = ['task-definition', 'service-definition'];
const longest: Record<string, number> = {
  images: 100_000,
  env: 100_000,
  secrets: 100_000,
  alarms: 100_000,
};

/** What is wrong before anything but the inputs has been looked at. */
describe('a bad input', () => {
  let world: World;
  let alone: EntryAlone;

  beforeAll(async () => {
    [world, alone] = await Promise.all([World.open(), entryAlone(bundle)]);
    const { workspace } = world.runner;
    await mkdir(join(workspace, 'deploy'));
    await symlink('/etc', join(workspace, 'machine'));
    await symlink('/etc/passwd', join(workspace, 'accounts.json'));
    await file('good.json', taskDefinition);
    await file('service.json', serviceDefinition);
    await file('broken.json', '{"family": "shop",\n "cpu": "256"\n');
    await file('broken.yml', 'family: shop\ncpu: "256\n');
    await file('twice.json', '{"family": "shop",\n "family": "other"}\n');
    await file('list.json', '[]');
    await file('empty.json', '');
    await file('latin.yml', Buffer.from('family: caf\xe9\n', 'latin1'));
    await file('long.yml', `family: shop\n${'# a comment\n'.repeat(12_000)}`);
    await file('huge.yml', `family: shop\n${'# a comment\n'.repeat(24_000)}`);
    await file('bomb.yml', aliases());
  }, 30_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await alone[Symbol.asyncDispose]();
  });
  // AWS has heard nothing of any of them.
  afterEach(() => {
    expect(world.aws.permissions.calls.splice(0)).toEqual([]);
  });

  const file = (name: string, content: string | Buffer) =>
    writeFile(join(world.runner.workspace, 'deploy', name), content);
  const valid = { service: 'shop', image: 'registry.example.com/shop:1', 'health-threshold': '1' };
  const refused = async (inputs: Record<string, string>, entry = alone.entry): Promise<string> =>
    problemsOf(await world.runner.start(entry, inputs, world.env).done);
  /** What only the whole action can find, as it reads the document. */
  const refusedWhole = (inputs: Record<string, string>) => refused({ ...valid, ...inputs }, bundle);

  it('that is required and missing is named', async () => {
    const problems = await refused({});
    expect(problems).toMatch(/^Input service is required\. Valid: shop$/m);
    const blank = Object.fromEntries(names.map((name) => [name, ' \n']));
    expect(await refused(blank)).toBe(problems);
  });

  it.each([
    [
      'is over-long',
      overLong(
        names.filter((name) => !documents.includes(name)),
        longest,
      ),
    ],
    ['has a control character', withControlCharacter(names)],
  ])('that %s is named, with all others', async (_, { inputs, problems }) => {
    const said = await refused(inputs);
    for (const problem of problems) expect(said).toContain(problem);
  });

  it.each([
    ['service', 'my shop', 'is not the name of a service'],
    ['service', `${arn}:service/production/shop`, 'is not the name of a service'],
    ['service', 's'.repeat(256), 'is not the name of a service'],
    ['cluster', 'my cluster', 'is not the name or ARN of a cluster'],
    ['cluster', 'arn:aws:ecs:eu-central-1:1234:cluster/production', 'is not the name or ARN'],
    ['cluster', `${arn}:service/production`, 'is not the name or ARN of a cluster'],
    ['image', 'Registry/App!', 'is not an image'],
    ['image', 'https://ghcr.io/owner/app', 'is not an image'],
    ['image', '', 'is required where nothing else says what to deploy'],
    ['container', 'my container', 'is not the name of a container'],
    ['images', 'web', 'has no = in line 1'],
    ['images', 'my web=ghcr.io/owner/app:1', 'has no usable key in line 1'],
    ['images', 'web=Registry/App!', 'is not an image'],
    ['images', 'web=app:1\nweb=app:2', 'has the key of line 2 twice'],
    ['task-definition', `${arn}:service/shop`, 'is not the ARN of a task definition'],
    ['task-definition', `${arn}:task-definition/shop:0`, 'is not the ARN of a task definition'],
    ['task-definition', 'shop:latest', 'is neither a file nor a family with its revision'],
    ['task-definition', 'deploy/none.json', 'is a file that is not there: deploy/none.json'],
    ['task-definition', 'deploy/', 'is a file that is not there'],
    ['task-definition', '/etc/passwd', 'is not a file inside the workspace'],
    ['task-definition', '../event.json', 'is not a file inside the workspace'],
    ['task-definition', 'accounts.json', 'is not a file inside the workspace'],
    ['task-definition', 'machine/passwd', 'is not a file inside the workspace'],
    ['task-definition', 'https://example.com/task.json', 'is not a file but an address'],
    ['service-definition', 'shop', 'is a file that is not there: shop'],
    ['service-definition', 'accounts.json', 'is not a file inside the workspace'],
    ['env', 'JUSTTEXT', 'has no = in line 1'],
    ['env', '9A=1', 'has no usable key in line 1'],
    ['env', 'A=1\nA=2', 'has the key of line 2 twice'],
    ['secrets', `A=${secretArn}\nA=${secretArn}`, 'has the key of line 2 twice'],
    ['secrets', `9A=${secretArn}`, 'has no usable key in line 1'],
    ['secrets', secretArn, 'has no = in line 1'],
    ['desired-count', '-1', 'is not a number from 0 to 5000'],
    ['desired-count', '5001', 'is not a number from 0 to 5000'],
    ['desired-count', 'two', 'is not a number from 0 to 5000'],
    ['strategy', 'recreate', 'is not one of rolling, blue-green, canary, linear'],
    ['traffic-percent', '101', 'is not a number from 1 to 100'],
    ['traffic-percent', '10', 'needs strategy blue-green, canary or linear'],
    ['traffic-bake', 'soon', 'is not a duration'],
    ['traffic-bake', '25h', 'is not between 0s and 24h'],
    ['traffic-bake', '5m', 'needs strategy blue-green, canary or linear'],
    ['test-url', 'ftp://shop', 'is not an http(s) address'],
    ['test-url', 'https://u:p@shop/', 'carries credentials'],
    ['circuit-breaker', 'yes', 'is neither true nor false'],
    ['wait-for', 'stable', 'is not one of completed, healthy, RECONCILE_SERVICE'],
    ['run-before', `sh -c 'npm run`, 'has a quote or a backslash that does not end'],
    ['run-before', 'npm ci && npm run migrate', 'has && in it, which needs a shell'],
    ['run-before', `''`, 'has no command in it'],
    ['run-before-container', 'my web', 'is not the name of a container'],
    ['run-before-container', 'web', 'needs run-before'],
    ['run-before-timeout', '0s', 'is not between 1s and 6h'],
    ['on-conflict', 'queue', 'is not one of wait, take-over, fail'],
    ['lock-timeout', '1 minute', 'is not a duration'],
    ['force-new-deployment', 'yes', 'is neither true nor false'],
    ['keep-revisions', '0', 'is not a number from 1 to 1000'],
    ['aws-role', 'deploy', 'is not the ARN of a role'],
    ['aws-role', 'arn:aws:iam::123456789012:user/deploy', 'is not the ARN of a role'],
    ['aws-role', 'arn:aws:iam::12345:role/deploy', 'is not the ARN of a role'],
    ['aws-role', 'arn:aws:sts::123456789012:assumed-role/a/b', 'is not the ARN of a role'],
    ['aws-region', 'Frankfurt', 'is not a region'],
    ['aws-region', 'eu-central-1a', 'is not a region'],
    ['health-url', 'ftp://app', 'is not an http(s) address'],
    ['health-url', 'https://u:p@app/', 'carries credentials'],
    ['health-path', 'health', 'does not start with a slash'],
    ['health-status', '299-200', 'is not a list of HTTP statuses'],
    ['health-threshold', '0', 'is not a number from 1 to 100'],
    ['health-threshold', '7', 'needs health-url or health-path'],
    ['expect', '0123456', 'needs health-url or health-path'],
    ['bake', '2', 'is not a duration'],
    ['timeout', '0s', 'is not between 1s and 6h'],
    ['timeout', '1000m', 'is not between 1s and 6h'],
    ['rollback', 'yes', 'is neither true nor false'],
    ['dry-run', 'TRUE', 'is neither true nor false'],
    ['settings', 'deploy/none.yml', 'is a file that is not there'],
    ['settings', 'accounts.json', 'is not a file inside the workspace'],
  ])('%s: %j %s', async (name, value, wrong) => {
    const problems = (await refused({ ...valid, [name]: value })).split('\n');
    expect(problems).toEqual([expect.stringContaining(`Input ${name} ${wrong}`)]);
  });

  it('says what is wrong with the traffic of a strategy', async () => {
    const rolling = { ...valid, strategy: 'rolling', 'test-url': 'https://shop.example.com:8443/' };
    expect(await refused(rolling)).toContain('Input test-url needs strategy blue-green, canary');
    const percent = { ...valid, strategy: 'blue-green', 'traffic-percent': '10' };
    expect(await refused(percent)).toContain('Input traffic-percent needs strategy canary or lin');
    const bake = { ...valid, strategy: 'canary', 'traffic-bake': '90s' };
    expect(await refused(bake)).toContain('Input traffic-bake is not a number of whole minutes');
  });

  it('is reported with all others that are wrong', async () => {
    const wrong = {
      service: 'my shop',
      'task-definition': 'deploy/none.json',
      'desired-count': 'two',
      'aws-role': 'deploy',
      timeout: 'soon',
    };
    const problems = await refused({ ...valid, ...wrong });
    for (const name of Object.keys(wrong)) {
      expect(problems).toMatch(new RegExp(`^Input ${name} is .+\\. Valid: \\S`, 'm'));
    }
    expect(problems.split('\n')).toHaveLength(Object.keys(wrong).length);
  });

  it.each([
    ['desired-cuont', 'desired-count'],
    ['task_definition', 'task-definition'],
    ['wait-for-service-stability', 'service, service-definition, wait-for'],
    ['region', 'aws-region'],
    ['codedeploy-appspec', ''],
  ])('that does not exist is refused: %s', async (name, meant) => {
    const problems = await refused({ ...valid, [name]: '' });
    expect(problems).toBe(
      `Input ${name} does not exist in deploy-ecs. Valid: ${meant || names.join(', ')}`,
    );
  });

  it.each([
    ['a value', 'DATABASE_URL=postgres://shop:hunter2hunter2@db/shop'],
    ['a value beside references', `API_KEY=${secretArn}\nTOKEN=hunter2hunter2`],
    ['a value without a name', 'hunter2hunter2'],
    ['a value of several lines', 'KEY<<END\nhunter2hunter2\nmore-hunter2\nEND'],
    ['a value that looks like an ARN', 'TOKEN=arn:aws:iam::123456789012:hunter2hunter2'],
    ['a value with a name that is none', '9A=hunter2hunter2'],
  ])('secrets: %s is masked and refused, and never shown', async (_, value) => {
    const step = await world.runner.start(alone.entry, { ...valid, secrets: value }, world.env)
      .done;
    const problems = problemsOf(step);
    expect(problems).toMatch(/^Input secrets has .+ Valid: DATABASE_URL=arn:aws:secretsmanager:/);
    expect(step.masks.join('\n')).toContain('hunter2');
    expect(shownOf(step)).not.toContain('hunter2');
    expect(step.summary).not.toContain('hunter2');
  });

  it('secrets: a key that env has too is refused; a reference is no secret', async () => {
    const secrets = `TOKEN=${secretArn}\nKEY=/shop/key`;
    const step = await world.runner.start(
      alone.entry,
      { ...valid, env: 'TOKEN=1', secrets },
      world.env,
    ).done;
    expect(problemsOf(step)).toContain('Input secrets has the key TOKEN, which env has too.');
    expect(step.masks.join('\n')).not.toContain('shop');
  });

  const unreadable: Array<[string, string]> = [
    ['broken.json', 'is neither JSON nor YAML, in line'],
    ['broken.yml', 'is neither JSON nor YAML, in line'],
    ['twice.json', 'has the key family twice, in line 2'],
    ['list.json', 'is a list instead of an object'],
    ['empty.json', 'is empty instead of an object'],
    ['latin.yml', 'names a file that is not UTF-8'],
    ['long.yml', 'is longer than 131072 characters'],
    ['huge.yml', 'names a file above 256 KiB'],
    ['bomb.yml', 'is neither JSON nor YAML'],
  ];
  it.each(unreadable)('a document that cannot be read is named: %s', async (name, wrong) => {
    const path = `deploy/${name}`;
    const task = await refusedWhole({ 'task-definition': path });
    expect(task).toContain(`Input task-definition ${wrong}`);
    expect(task).toContain('. Valid: deploy/task-definition.json');
    const both = await refusedWhole({ 'task-definition': path, 'service-definition': path });
    expect(both.split('\nInput ')[0]).toBe(task);
    expect(both).toContain(`Input service-definition ${wrong}`);
    expect(both).toMatch(/\. Valid: deploy\/service\.json$/);
  });

  it.each([
    ['{"family": "shop"', 'is neither JSON nor YAML, in line 1'],
    ['[1]', 'is a list instead of an object'],
    ['family: shop\n  cpu: 256', 'is neither JSON nor YAML, in line'],
    ['just\ntext', 'is a string instead of an object'],
    ['{"family": "shop", "cpu": }', 'has the key cpu without a value, in line 1, column 20'],
  ])('a document as a text that cannot be read is named: %j', async (text, wrong) => {
    const problems = await refusedWhole({ 'task-definition': text });
    expect(problems).toContain(`Input task-definition ${wrong}`);
  });

  it('a region that another input contradicts is refused', async () => {
    const cluster = `${arn}:cluster/production`;
    expect(await refused({ ...valid, cluster, 'aws-region': 'eu-west-1' })).toBe(
      'Input aws-region is eu-west-1, but the ARN of cluster is of eu-central-1. Valid: eu-central-1',
    );
    const elsewhere = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop:1';
    expect(await refused({ ...valid, 'task-definition': elsewhere })).toBe(
      `Input task-definition is of us-east-1, but the cluster is in eu-central-1. Valid: ${arn}:task-definition/shop:1`,
    );
    const more = { strategy: 'canary', 'traffic-bake': '90s', 'run-before-container': 'web' };
    const all = await refused({ ...valid, ...more, cluster, 'aws-region': 'eu-west-1' });
    for (const name of ['aws-region', 'traffic-bake', 'run-before-container']) {
      expect(all).toMatch(new RegExp(`^Input ${name} `, 'm'));
    }
  });

  it('a region that nothing tells is required', async () => {
    const { AWS_REGION, ...env } = world.env;
    expect(AWS_REGION).toBe('eu-central-1');
    const step = await world.runner.start(alone.entry, valid, env).done;
    expect(problemsOf(step)).toMatch(/^Input aws-region is missing.* Valid: eu-central-1$/);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-eusc'])(
    'a role of the partition %s is one, with a path too',
    async (partition) => {
      const { AWS_REGION: _, ...env } = world.env;
      const role = `arn:${partition}:iam::123456789012:role/ci/a/deploy`;
      const step = await world.runner.start(bundle, { ...valid, 'aws-role': role }, env).done;
      // Nothing but the region is missing.
      expect(problemsOf(step)).toMatch(/^Input aws-region is missing[^\n]*$/);
    },
  );

  it.each([
    ['secrets', 'secrets: {TOKEN: hunter2hunter2}', 'the secret secrets; give it by with:'],
    ['a name that is none', 'helth-path: /', 'helth-path, which does not exist in deploy-ecs'],
    ['a wrong value', 'timeout: soon', 'Input timeout is not a duration'],
    ['no YAML', 'service: "', 'Input settings names a file that is not YAML'],
    [
      'a document that is too long',
      `task-definition: |\n${'  # a comment\n'.repeat(12_000)}`,
      'Input task-definition is longer than 131072 characters',
    ],
  ])('in the file of settings is refused: %s', async (_, content, said) => {
    await file('production.yml', `${content}\n`);
    const step = await world.runner.start(
      bundle,
      { ...valid, settings: 'deploy/production.yml' },
      world.env,
    ).done;
    expect(problemsOf(step)).toContain(said);
    expect(step.log).not.toContain('hunter2');
  });

  /** The problems, after a look at everything that must be so in each such run. */
  function problemsOf(step: StepResult): string {
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-ecs: action/input']);
    expect(step).toMatchObject({ code: 1, outputs: { status: 'failed', reason: 'action/input' } });
    const shown = shownOf(step);
    expect(shown).not.toContain('root:');
    for (const secret of step.masks) {
      if (secret.length > 8) expect(shown).not.toContain(secret);
    }
    const [problems = '', ...more] = (step.errors[0]?.text ?? '').split(`\n${remedy}`);
    expect(more).toEqual(['']);
    return problems;
  }
});

/** A small text that stands for a billion items. */
function aliases(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const item = level === 0 ? 'x' : `*a${level - 1}`;
    return `a${level}: &a${level} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
  });
  return `${levels.join('\n')}\n`;
}

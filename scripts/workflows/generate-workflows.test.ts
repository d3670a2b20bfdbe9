import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { ActionFile, WorkflowFile } from './action-file.ts';
import { deployWorkflow, shipWorkflow } from './generate-workflows.ts';
import { isSecret, secretFor, targetInputs } from './target-inputs.ts';
import { rightsOf } from './workflow-docs.ts';

const expression = (text: string) => `\${{ ${text} }}`;
const root = join(import.meta.dirname, '../..');
const read = (path: string) => parse(readFileSync(join(root, path), 'utf8'));
const targets = readdirSync(join(root, 'actions')).flatMap((name) =>
  name.startsWith('deploy-') ? [name.slice('deploy-'.length)] : [],
);
const called: { build: WorkflowFile; tag: WorkflowFile } = {
  build: read('.github/workflows/build.yml'),
  tag: read('.github/workflows/tag.yml'),
};

/** A target that is not there, with a bit of everything. */
const cloud: ActionFile = {
  description: 'Deploys to a cloud.',
  inputs: {
    cluster: { description: 'Where.', required: true },
    image: { description: 'Image: by digest.', required: true },
    'aws-role': { description: 'Role.' },
    'aws-region': { description: 'Region.' },
    kubeconfig: { description: 'How to get there.' },
    secrets: { description: 'Secret environment.' },
    keep: { description: 'Number.', default: '5' },
    token: { description: 'Token.', default: expression('github.token') },
  },
  outputs: { status: { description: '`deployed` or not.' }, url: { description: 'Where.' } },
};

describe('which inputs of an action are secrets', () => {
  it.each([
    ['private-key', true],
    ['deploy-key', true],
    ['jump-passphrase', true],
    ['registry-password', true],
    ['token', true],
    ['secrets', true],
    ['build-secrets', true],
    ['kubeconfig', true],
    ['known-hosts', false],
    ['keep', false],
    ['registry-username', false],
    ['keyspace', false],
  ])('%s: %s', (name, secret) => {
    expect(isSecret(name)).toBe(secret);
  });

  it.each(targets)('are the ones that deploy-%s masks, no more and no less', async (target) => {
    const { readSettings } = await import(`../../actions/deploy-${target}/src/settings.ts`);
    let spec: Record<string, { secrets?: unknown }> = {};
    const captured = new Error('captured');
    const inputs = (asked: typeof spec) => {
      spec = asked;
      throw captured;
    };
    const github = { workspace: '', event: {} };
    await expect((async () => readSettings({ inputs, env: {}, github }))()).rejects.toBe(captured);
    const masked = Object.keys(spec).filter((name) => spec[name]?.secrets !== undefined);
    const action: ActionFile = read(`actions/deploy-${target}/action.yml`);
    const names = Object.keys(action.inputs ?? {});
    expect(Object.keys(spec).sort()).toEqual(names.sort());
    expect(names.filter(isSecret)).toEqual(masked.sort());
  });

  it.each([
    ['ssh', 'private-key', 'SSH_PRIVATE_KEY'],
    ['ssh', 'jump-private-key', 'SSH_JUMP_PRIVATE_KEY'],
    ['k8s', 'kubeconfig', 'K8S_KUBECONFIG'],
    ['ssh', 'registry-password', 'REGISTRY_PASSWORD'],
    ['k8s', 'grafana-token', 'GRAFANA_TOKEN'],
    ['ecs', 'secrets', 'SECRETS'],
  ])('%s %s comes from %s, which GitHub can store', (target, name, secret) => {
    expect(secretFor(target, name)).toBe(secret);
    expect(secret).toMatch(/^(?!GITHUB_)[A-Z][A-Z0-9_]*$/);
  });
});

describe('a deploy workflow', () => {
  const workflow = parse(deployWorkflow('cloud', cloud));
  const { inputs, secrets, outputs } = workflow.on.workflow_call;
  const job = workflow.jobs.deploy;

  it('offers every input of its action, as an input or as a secret', () => {
    const names = targetInputs('cloud', cloud);
    for (const { name, secret } of names) {
      const place = secret ? secrets[secret] : inputs[name];
      expect(place.description).toContain(cloud.inputs?.[name]?.description);
      expect(job.steps.at(-1).with[name]).toContain(
        secret ? `secrets.${secret}` : `inputs.${name}`,
      );
    }
    expect(Object.keys(job.steps.at(-1).with)).toEqual(Object.keys(cloud.inputs ?? {}));
  });

  it('hands on what the caller wrote, and repeats no default', () => {
    expect(inputs.keep).toEqual({
      description: 'Number. Default is `5`.',
      type: 'string',
      default: '',
    });
    expect(inputs.cluster).toEqual({ description: 'Where.', required: true, type: 'string' });
    expect(Object.values(secrets)).not.toContainEqual(expect.objectContaining({ required: true }));
  });

  it('has the rights that its action needs, and no others', () => {
    expect(job.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(read('.github/workflows/deploy-ssh.yml').jobs.deploy.permissions).toEqual({
      contents: 'read',
      packages: 'read',
    });
  });

  it.each(targets)(
    '%s gives a marker its environment, and a token to no other marker',
    (target) => {
      for (const kind of ['deploy', 'ship']) {
        const { on, jobs } = read(`.github/workflows/${kind}-${target}.yml`);
        expect(jobs.deploy.steps.at(-1).with).toMatchObject({
          'grafana-url': expression('inputs.grafana-url'),
          'grafana-token': expression(
            "(inputs.grafana-url != '' || inputs.settings != '') && secrets.GRAFANA_TOKEN || ''",
          ),
          'grafana-environment': expression('inputs.environment'),
        });
        expect(Object.keys(on.workflow_call.inputs)).not.toContain('grafana-environment');
      }
    },
  );

  it('hands out every output', () => {
    expect(Object.keys(outputs)).toEqual(['status', 'url']);
    expect(job.outputs.url).toBe(expression('steps.deploy.outputs.url'));
  });

  it('waits for a deploy to the same place, under a name that no list makes longer', () => {
    expect(job.concurrency['cancel-in-progress']).toBe(false);
    const { group } = read('.github/workflows/deploy-ssh.yml').jobs.deploy.concurrency;
    expect(group).toBe(
      [
        `slipway-deploy-${expression('inputs.environment')}`,
        expression("contains(toJSON(inputs.hosts), '\\n') && 'several' || inputs.hosts"),
        expression("contains(toJSON(inputs.path), '\\n') && 'several' || inputs.path"),
        expression("contains(toJSON(inputs.settings), '\\n') && 'several' || inputs.settings"),
      ].join('-'),
    );
  });

  it('puts no text of an action where YAML would read it as something else', () => {
    const odd = ['a: b', '- c', '`d` #e', 'true', '"f"', "'g'", '1.0', '', '%h%', 'i\nj', '100 %'];
    const action: ActionFile = {
      description: '',
      inputs: Object.fromEntries(odd.map((description, i) => [`i${i}`, { description }])),
    };
    const read = parse(deployWorkflow('odd', action)).on.workflow_call.inputs;
    expect(odd.map((_, i) => read[`i${i}`].description)).toEqual(odd);
  });
});

describe('a ship workflow', () => {
  const workflow = parse(shipWorkflow('cloud', cloud, called));
  const { build, staging, deploy, tag } = workflow.jobs;

  it('moves no tag before the deploy was proven', () => {
    expect(build.with['move-tags']).toBe('false');
    expect(deploy.needs).toEqual(['build', 'staging']);
    expect(tag.needs).toEqual(['build', 'deploy']);
    expect(tag.if).toBe(
      expression(
        "!cancelled() && needs.deploy.result == 'success' && (needs.deploy.outputs.status == 'deployed' || needs.deploy.outputs.status == 'unchanged')",
      ),
    );
  });

  it('deploys to staging first, where there is one, and else at once', () => {
    expect(staging.needs).toBe('build');
    expect(staging.if).toBe("inputs.staging != ''");
    expect(deploy.if).toBe(
      expression(
        "!cancelled() && needs.build.result == 'success' && (inputs.staging == '' || needs.staging.result == 'success')",
      ),
    );
    expect(staging.permissions).toEqual(deploy.permissions);
    expect(staging.environment.name).toBe(expression('inputs.staging-environment'));
  });

  it.each(targets)('lets nothing but a settings file say where the staging of %s is', (target) => {
    const { jobs } = read(`.github/workflows/ship-${target}.yml`);
    const given: Record<string, string> = jobs.staging.steps.at(-1).with;
    expect(given['settings']).toBe(expression('inputs.staging'));
    const fromInputs = Object.keys(given).filter((name) => given[name]?.startsWith('${{ inputs.'));
    const allowed = [
      'expect',
      'grafana-environment',
      'grafana-url',
      'registry-username',
      'settings',
    ];
    expect(allowed).toEqual(expect.arrayContaining(fromInputs));
    expect(given['image']).toBe(expression('needs.build.outputs.image'));
    const secretsOf = (job: { steps: Array<{ with: Record<string, string> }> }) =>
      Object.entries(job.steps.at(-1)?.with ?? {}).filter(([, value]) =>
        /^\$\{\{ secrets\./.test(value),
      );
    expect(secretsOf(jobs.staging)).toEqual(secretsOf(jobs.deploy));
  });

  it('offers what build.yml, the action and tag.yml take, beside what it decides itself', () => {
    const names = Object.keys(workflow.on.workflow_call.inputs);
    const all = [
      ...Object.keys(called.build.on.workflow_call.inputs),
      ...Object.keys(called.tag.on.workflow_call.inputs),
      'build-aws-role',
      'build-aws-region',
      'cluster',
      'keep',
      'environment',
      'staging',
      'staging-environment',
    ];
    const decided = ['move-tags', 'from'];
    expect(names.toSorted()).toEqual([...new Set(all)].filter((n) => !decided.includes(n)).sort());
    expect(workflow.on.workflow_call.inputs.version.default).toBe('true');
    expect(Object.keys(workflow.on.workflow_call.secrets)).toEqual([
      'CLOUD_KUBECONFIG',
      'SECRETS',
      'REGISTRY_PASSWORD',
      'BUILD_SECRETS',
    ]);
  });

  it('logs in to the registry as the deploy does only where that is the same cloud', () => {
    const ecs = read('.github/workflows/ship-ecs.yml');
    const { build, tag, deploy: own } = ecs.jobs;
    for (const { with: given } of [build, tag]) {
      expect(given['aws-role']).toBe(
        expression(
          "inputs.build-aws-role || (contains(inputs.image, '.dkr.ecr.') || contains(inputs.image, 'public.ecr.aws/')) && inputs.aws-role || ''",
        ),
      );
      expect(given['aws-region']).toBe(expression('inputs.build-aws-region'));
    }
    expect(own.steps.at(-1).with['aws-role']).toBe(expression('inputs.aws-role'));
    const ssh = read('.github/workflows/ship-ssh.yml');
    expect(ssh.jobs.build.with['aws-role']).toBe(expression('inputs.aws-role'));
  });

  it('deploys the image that it built, by digest', () => {
    expect(deploy.steps.at(-1).with.image).toBe(expression('needs.build.outputs.image'));
  });
});

describe('what a caller has to permit', () => {
  const ships = targets.flatMap((target) => [`deploy-${target}.yml`, `ship-${target}.yml`]);
  const all = ['build.yml', 'tag.yml', ...ships].map((file) => ({
    file,
    about: '',
    workflow: read(`.github/workflows/${file}`),
  }));
  const pages = [
    'README.md',
    'docs/recipes/rollback.md',
    ...targets.map((target) => `example-app/pipelines/${target}/.github/workflows/ship.yml`),
  ];
  const calls = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const printed = page.endsWith('.md') ? /```yaml\n([\s\S]*?)```/.exec(text)?.[1] : text;
    const { jobs } = parse(printed ?? '');
    return Object.entries<{ uses?: string; permissions: unknown }>(jobs).flatMap(
      ([name, { uses, permissions }]) => (uses ? [{ page, name, uses, permissions }] : []),
    );
  });

  // GitHub refuses a run whose caller gives less, before any job starts; more is more than needed.
  it.each(calls)('is what $page gives in its job $name', ({ uses, permissions }) => {
    const called = all.find(({ file }) => uses.includes(`/${file}@`));
    expect(called && rightsOf(called.workflow, all)).toEqual(permissions);
  });
});

describe('all reusable workflows', () => {
  const folder = join(root, '.github/workflows');
  const workflows = readdirSync(folder).flatMap((file): Array<[string, string]> => {
    const text = readFileSync(join(folder, file), 'utf8');
    return /^ {2}workflow_call:/m.test(text) ? [[file, text]] : [];
  });

  it('are these', () => {
    const pairs = targets.flatMap((target) => [`deploy-${target}.yml`, `ship-${target}.yml`]);
    expect(workflows.map(([file]) => file).sort()).toEqual(
      ['build.yml', 'tag.yml', ...pairs].sort(),
    );
  });

  it.each(workflows)('%s puts no expression into a shell line', (_, text) => {
    for (const { steps = [] } of Object.values<{ steps?: Array<{ run?: string }> }>(
      parse(text).jobs,
    )) {
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
    }
  });

  it.each(workflows)('%s asks in no if for a word that nobody checked', (_, text) => {
    const conditions = [...text.matchAll(/^\s+(?:- )?if: (.*)$/gm)].map(
      ([, condition]) => condition,
    );
    for (const condition of conditions) {
      expect(condition).not.toMatch(/inputs\.[\w-]+ *[=!]= *'[^']/);
    }
  });

  it.each(workflows)('%s says for each right why it needs it', (_, text) => {
    const rights = [...text.matchAll(/^ +[a-z-]+: (?:read|write)\b(.*)$/gm)];
    for (const [, reason] of rights) expect(reason).toMatch(/^ # \w/);
  });
});

it('refuses an input that would mean one thing to build and another to deploy', () => {
  const action = { ...cloud, inputs: { ...cloud.inputs, context: { description: 'Of what.' } } };
  expect(() => shipWorkflow('cloud', action, called)).toThrow(
    'ship-cloud.yml: context would mean one thing to build and another to deploy',
  );
});

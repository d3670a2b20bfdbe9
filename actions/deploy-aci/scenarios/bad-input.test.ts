import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { demoAzure } from '../../../packages/local-cloud/src/azure/seed.ts';
import {
  type EntryAlone,
  entryAlone,
  overLong,
  shownOf,
  withControlCharacter,
} from '../../../packages/local-cloud/src/entry-alone.ts';
import type { StepResult } from '../../../packages/local-cloud/src/runner.ts';
import { manifest } from '../src/manifest.ts';
import { bundle, identity, World } from './world.ts';

const names = Object.keys(manifest.inputs);
const remedy = 'Correct the inputs; nothing was changed.';
const guid = '11111111-2222-3333-4444-555555555555';
const longest: Record<string, number> = {
  env: 100_000,
  secrets: 100_000,
  ports: 100_000,
  identity: 100_000,
  'registry-password': 20_000,
};

/** What is wrong before anything but the inputs has been looked at. */
describe('a bad input', () => {
  let world: World;
  let alone: EntryAlone;

  beforeAll(async () => {
    [world, alone] = await Promise.all([World.open(), entryAlone(bundle)]);
    const { workspace } = world.runner;
    await mkdir(join(workspace, 'deploy'));
    await symlink('/etc/passwd', join(workspace, 'accounts.json'));
    await file('broken.json', '{"name": "shop",\n "location": "eastus"\n');
    await file('list.json', '[]');
    await file('empty.yml', '');
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await alone[Symbol.asyncDispose]();
  });
  // Azure has heard nothing of any of them.
  afterEach(() => {
    expect(world.azure.azure.permissions.calls.splice(0)).toEqual([]);
  });

  const file = (name: string, content: string) =>
    writeFile(join(world.runner.workspace, 'deploy', name), content);
  const valid = {
    ...identity,
    'resource-group': 'shop',
    name: 'shop',
    image: 'registry.example.com/shop:1',
  };
  const refused = async (inputs: Record<string, string>, entry = alone.entry): Promise<string> =>
    problemsOf(await world.runner.start(entry, inputs, world.env).done);

  it('that is required and missing is named', async () => {
    const problems = await refused({});
    expect(problems).toMatch(/^Input resource-group is required\. Valid: \S/m);
    expect(problems).toMatch(/^Input name is required\. Valid: \S/m);
    const blank = Object.fromEntries(names.map((name) => [name, ' \n']));
    expect(await refused(blank)).toBe(problems);
  }, 60_000);

  it.each([
    // A text of the length of a document is longer than one variable of Linux may be.
    [
      'is over-long',
      overLong(
        names.filter((name) => name !== 'spec'),
        longest,
      ),
    ],
    ['has a control character', withControlCharacter(names)],
  ])(
    'that %s is named, with all others',
    async (_, { inputs, problems }) => {
      const said = await refused(inputs);
      for (const problem of problems) expect(said).toContain(problem);
    },
    60_000,
  );

  it.each([
    ['resource-group', 'my shop', 'is not the name of a resource group'],
    ['resource-group', 'shop.', 'is not the name of a resource group'],
    ['name', 'Shop', 'is not the name of a container group'],
    ['name', 'shop-', 'is not the name of a container group'],
    ['name', 'shop--web', 'is not the name of a container group'],
    ['name', 's'.repeat(64), 'is not the name of a container group'],
    ['location', 'East US', 'is not the short name of a region'],
    ['image', 'Registry/App!', 'is not an image'],
    ['image', 'https://ghcr.io/owner/app', 'is not an image'],
    ['image', '', 'is required where spec does not say what to deploy'],
    ['container', 'my web', 'is not the name of a container'],
    ['spec', 'deploy/none.yml', 'is a file that is not there: deploy/none.yml'],
    ['spec', '/etc/passwd', 'is not a file inside the workspace'],
    ['spec', '../event.json', 'is not a file inside the workspace'],
    ['spec', 'accounts.json', 'is not a file inside the workspace'],
    ['spec', 'https://example.com/group.yml', 'is not a file but an address'],
    ['env', 'JUSTTEXT', 'has no = in line 1'],
    ['env', '9A=1', 'has no usable key in line 1'],
    ['env', 'A=1\nA=2', 'has the key of line 2 twice'],
    ['command', `sh -c 'npm run`, 'has a quote or a backslash that does not end'],
    ['command', 'npm ci && npm start', 'has && in it, which needs a shell'],
    ['cpu', '0', 'is not a number from 0.01 to 31'],
    ['cpu', 'half', 'is not a number from 0.01 to 31'],
    ['memory', '1.5Gi', 'is not a number from 0.1 to 240'],
    ['memory', '-1', 'is not a number from 0.1 to 240'],
    ['ports', 'http', 'has a line that is no port'],
    ['ports', '70000', 'has a line that is no port'],
    ['ports', '3000\n3000', 'has 3000/TCP twice'],
    ['ports', '1\n2\n3\n4\n5\n6', 'has 6 ports, and an address has at most 5'],
    ['dns-label', 'Shop', 'is not a DNS label'],
    ['dns-label', 'shop', 'is not a DNS label'],
    ['dns-label', 'shop--web', 'is not a DNS label'],
    ['restart-policy', 'always', 'is not one of Always, OnFailure, Never'],
    ['identity', 'shop', 'is neither system nor the resource id of a user-assigned identity'],
    ['key-vault-identity', 'system', 'is not the resource id of a user-assigned identity'],
    ['registry-server', 'https://shop.azurecr.io', 'is not a host'],
    ['registry-identity', 'shop', 'is not the resource id of a user-assigned identity'],
    ['registry-username', 'octocat', 'and registry-password go together'],
    ['strategy', 'rolling', 'is not one of in-place, rehearse, recreate'],
    ['allow-recreate', 'yes', 'is neither true nor false'],
    ['candidate-dns-label', 'shop-next', 'needs strategy rehearse'],
    ['run-before', `''`, 'has no command in it'],
    ['run-before-timeout', '0s', 'is not between 1s and 6h'],
    ['lock-timeout', '1 minute', 'is not a duration'],
    ['azure-client-id', 'shop', 'is not an id of Azure'],
    ['azure-client-id', '', 'is required beside azure-tenant-id'],
    ['azure-tenant-id', '', 'is required beside azure-client-id'],
    ['azure-tenant-id', 'my directory', 'is not the id of a directory'],
    ['azure-subscription-id', 'Pay-As-You-Go', 'is not an id of Azure'],
    ['azure-environment', 'germany', 'is not one of public, china, government'],
    ['health-url', 'ftp://app', 'is not an http(s) address'],
    ['health-url', 'https://u:p@app/', 'carries credentials'],
    ['health-path', 'health', 'does not start with a slash'],
    ['health-status', '299-200', 'is not a list of HTTP statuses'],
    ['health-threshold', '5', 'needs health-url or health-path'],
    ['expect', '0123456', 'needs health-url or health-path'],
    ['bake', '2', 'is not a duration'],
    ['timeout', '0s', 'is not between 1s and 6h'],
    ['rollback', 'yes', 'is neither true nor false'],
    ['dry-run', 'TRUE', 'is neither true nor false'],
    ['settings', 'deploy/none.yml', 'is a file that is not there'],
  ])(
    '%s: %j %s',
    async (name, value, wrong) => {
      const problems = (await refused({ ...valid, [name]: value })).split('\n');
      expect(problems).toEqual([expect.stringContaining(`Input ${name} ${wrong}`)]);
    },
    60_000,
  );

  it('is reported with all others that are wrong', async () => {
    const wrong = {
      name: 'My Shop',
      spec: 'deploy/none.yml',
      memory: 'much',
      'azure-client-id': 'deploy',
      timeout: 'soon',
    };
    const problems = await refused({ ...valid, ...wrong });
    for (const name of Object.keys(wrong)) {
      expect(problems).toMatch(new RegExp(`^Input ${name} is .+\\. Valid: \\S`, 'm'));
    }
    expect(problems.split('\n')).toHaveLength(Object.keys(wrong).length);
  }, 60_000);

  it.each([
    ['helth-path', 'health-path'],
    ['dns_label', 'dns-label'],
    [
      'azure-credentials',
      'azure-client-id, azure-tenant-id, azure-subscription-id, azure-client-secret, azure-environment',
    ],
    ['dns-name', 'name, dns-label, candidate-dns-label'],
    ['zone', ''],
  ])(
    'that does not exist is refused: %s',
    async (name, meant) => {
      const problems = await refused({ ...valid, [name]: '' });
      expect(problems).toBe(
        `Input ${name} does not exist in deploy-aci. Valid: ${meant || names.join(', ')}`,
      );
    },
    60_000,
  );

  it('secrets: a line without a name is masked and refused, and never shown', async () => {
    const inputs = { ...valid, secrets: 'KEY=hunter2hunter2\nmore-hunter2' };
    const step = await world.runner.start(alone.entry, inputs, world.env).done;
    expect(problemsOf(step)).toMatch(/^Input secrets has no = in line 2\. Valid: DATABASE_URL=/);
    expect(step.masks.join('\n')).toContain('more-hunter2');
    expect(shownOf(step)).not.toContain('hunter2');
    expect(step.summary).not.toContain('hunter2');
  }, 60_000);

  it.each([
    ['deploy/broken.json', 'is neither JSON nor YAML, in line'],
    ['deploy/list.json', 'is a list instead of an object'],
    ['deploy/empty.yml', 'is empty instead of an object'],
    ['{"properties": ]}', 'is neither JSON nor YAML, in line 1'],
  ])(
    'a document that cannot be read is named: %j',
    async (spec, wrong) => {
      expect(await refused({ ...valid, spec }, bundle)).toContain(`Input spec ${wrong}`);
    },
    60_000,
  );

  it('a subscription that nothing tells is required', async () => {
    const { 'azure-subscription-id': _, ...rest } = valid;
    expect(await refused(rest, bundle)).toBe(
      `Input azure-subscription-id is missing, and AZURE_SUBSCRIPTION_ID does not tell it. Valid: ${guid}`,
    );
  }, 60_000);

  /** The problems, after a look at everything that must be so in each such run. */
  function problemsOf(step: StepResult): string {
    expect(step.errors.map(({ title }) => title)).toEqual(['deploy-aci: action/input']);
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

/** The job signs in, and Entra does not know it so. */
describe('an identity that is not set up for the job', () => {
  const subject = 'repo:org/app:ref:refs/heads/main';
  const audience = 'api://AzureADTokenExchange';
  const other = '22222222-3333-4444-5555-666666666666';

  it.each([
    ['the directory', 'identity/azure-tenant', {}, { 'azure-tenant-id': other }, other],
    ['the application', 'identity/azure-application', {}, { 'azure-client-id': other }, other],
    ['the audience', 'identity/azure-audience', { audience: 'api://shop' }, {}, audience],
    ['the subject', 'identity/azure-subject', { subject: `${subject}x` }, {}, subject],
  ])(
    'names what is not as it has to be, and nothing was asked of Azure: %s',
    async (_, reason, federated, inputs, named) => {
      const seed = demoAzure();
      const apps = seed.apps.map((app) => ({
        ...app,
        federated: [{ subject, audience, ...federated }],
      }));
      await using world = await World.open({ ...seed, apps });
      const { code, errors, log, outputs } = await world.deploy('shop-1', inputs);
      expect({ code, outputs }).toMatchObject({ code: 1, outputs: { status: 'failed', reason } });
      expect(errors.map(({ title }) => title)).toEqual([`deploy-aci: ${reason}`]);
      expect(errors[0]?.text).toContain(named);
      // The token of the job is no secret that anybody may read.
      expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain('eyJ');
      expect(world.azure.azure.permissions.calls).toEqual([]);
      expect(world.groups).toEqual([]);
    },
    60_000,
  );
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { prepareGroup } from '../../../actions/deploy-aci/src/group/prepare.ts';
import { readSpec } from '../../../actions/deploy-aci/src/group/spec/read-spec.ts';
import { manifest } from '../../../actions/deploy-aci/src/manifest.ts';
import { readSettings, type Settings } from '../../../actions/deploy-aci/src/settings.ts';
import { runnerCommands } from '../../../packages/shared/src/action/commands.ts';
import { readGitHubContext } from '../../../packages/shared/src/action/github.ts';
import { readInputs } from '../../../packages/shared/src/action/inputs.ts';
import type { Run } from '../../../packages/shared/src/action/run.ts';
import { settingsFile } from '../../../packages/shared/src/action/settings-file.ts';
import type { JsonObject } from '../../../packages/shared/src/document/json-object.ts';
import { limit, outputOf, terraformTest, testFiles } from '../../terraform-test.ts';

const module = 'infra/azure';
const files = testFiles(module);
const defaults = 'tests/defaults.tftest.hcl';

test.each(files.filter((file) => file !== defaults))(
  'infra/azure: %s',
  async (file) => {
    expect(await terraformTest(module, file)).toMatch(/^Success! \d+ passed/m);
  },
  limit,
);

test(
  `infra/azure: ${defaults}, whose settings and spec deploy-aci takes as they are`,
  async () => {
    const said = await terraformTest(module, defaults, '-verbose');
    expect(said).toMatch(/^Success! \d+ passed/m);
    const given = { settings: outputOf(said, 'settings'), spec: outputOf(said, 'spec') };
    const { settings, spec } = await whatItReads(given);
    expect(settings['resource-group']).toBe('shop-production');

    expect(await prepared(settings, spec, undefined)).toMatchObject({
      change: { kind: 'create' },
      container: 'app',
      port: 3000,
    });
    // On the group that Terraform has made: no other size, address or policy, and not its command.
    const { change, document } = await prepared(settings, spec, firstGroup(spec));
    expect(change).toEqual({ kind: 'update' });
    expect(JSON.stringify(document)).not.toContain('busybox');

    const spoilt = given.settings.replace('"eastus"', '"East US"');
    await expect(whatItReads({ ...given, settings: spoilt })).rejects.toThrow(/location/);
  },
  limit,
);

test('infra/azure has four files of tests', () => {
  expect(files).toHaveLength(4);
});

/** What deploy-aci reads from the two files, beside an image. */
async function whatItReads(given: { settings: string; spec: string }) {
  const workspace = mkdtempSync(join(tmpdir(), 'settings-'));
  try {
    mkdirSync(join(workspace, 'deploy'));
    writeFileSync(join(workspace, 'deploy/production.yml'), given.settings);
    writeFileSync(join(workspace, 'deploy/production.group.yml'), given.spec);
    const env = {
      GITHUB_WORKSPACE: workspace,
      INPUT_SETTINGS: 'deploy/production.yml',
      INPUT_IMAGE: 'shop.azurecr.io/shop:1',
    };
    const run: Run<typeof manifest> = {
      inputs: (spec, rules, file) =>
        readInputs(manifest, spec, { env, mask: () => undefined, ...(file && { file }) }, rules),
      commands: runnerCommands(),
      env,
      github: readGitHubContext(env),
      signal: new AbortController().signal,
    };
    const settings = readSettings(run, await settingsFile(env));
    const spec = await readSpec(settings);
    if (!spec) throw new Error('the settings name no spec');
    return { settings, spec };
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

/** What deploy-aci makes of them, with this group in Azure. */
function prepared(settings: Settings, spec: JsonObject, live: JsonObject | undefined) {
  const digest = `sha256:${'a'.repeat(64)}`;
  const image = { name: `shop.azurecr.io/shop@${digest}`, digest, platforms: ['linux/amd64'] };
  return prepareGroup(
    { settings, spec, live, location: 'eastus', resolve: async () => image },
    new AbortController().signal,
  );
}

/** The group of infra/azure/container-group.tf, as Azure tells it. */
function firstGroup(spec: JsonObject): JsonObject {
  const group: typeof spec & { properties?: { containers?: { properties?: object }[] } } =
    JSON.parse(JSON.stringify(spec));
  const [container] = group.properties?.containers ?? [];
  const start = { image: 'public.ecr.aws/docker/library/busybox:1.37', command: ['busybox'] };
  Object.assign(container?.properties ?? {}, start);
  Object.assign(group.properties ?? {}, { provisioningState: 'Succeeded', sku: 'Standard' });
  return group;
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { manifest } from '../../../actions/deploy-aci/src/manifest.ts';
import { readSettings } from '../../../actions/deploy-aci/src/settings.ts';
import { runnerCommands } from '../../../packages/shared/src/action/commands.ts';
import { readGitHubContext } from '../../../packages/shared/src/action/github.ts';
import { readInputs } from '../../../packages/shared/src/action/inputs.ts';
import type { Run } from '../../../packages/shared/src/action/run.ts';
import { settingsFile } from '../../../packages/shared/src/action/settings-file.ts';
import { readDocument } from '../../../packages/shared/src/document/document-input.ts';
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
    expect(spec['name']).toBe('shop-production');
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
    if (!settings.spec) throw new Error('the settings name no spec');
    return { settings, spec: await readDocument(settings.spec, '') };
  } finally {
    rmSync(workspace, { recursive: true });
  }
}

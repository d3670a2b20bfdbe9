import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readInputs } from '../../packages/shared/src/action/inputs.ts';
import { readSettingsFile } from '../../packages/shared/src/action/settings-file.ts';

const app = join(import.meta.dirname, '../../example-app');
const pipelines = join(app, 'pipelines');
const targets = readdirSync(pipelines);
const actions = readdirSync(join(app, '../actions'));

/** What a job has beside its settings file. */
const privateKey = () =>
  String(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }));
const oidc = {
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example.com',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
};

it('each target has a pipeline', () => {
  expect(targets.map((target) => `deploy-${target}`).sort()).toEqual(
    actions.filter((name) => name.startsWith('deploy-')).sort(),
  );
});

describe.each(targets)('the pipeline to %s', (target) => {
  const file = join(pipelines, target, '.github/workflows/ship.yml');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');

  it('has less than 40 lines', () => {
    expect(lines.length).toBeLessThan(40);
  });

  it('differs from the one to ssh only in its target, its image and why it asks for a token', () => {
    const ssh = readFileSync(file.replace(`/${target}/`, '/ssh/'), 'utf8')
      .trimEnd()
      .split('\n');
    const own = lines.filter((line) => !ssh.includes(line)).map((line) => line.trim());
    for (const line of own) {
      expect(line).toMatch(
        /^(?:id-token: write # |uses: org\/actions\/.github\/workflows\/ship-\w+\.yml@v1$|image: |build-(?:aws|azure)-)/,
      );
    }
  });

  it.each(['staging', 'production'])('has settings for %s that its action takes', async (name) => {
    const { readSettings } = await import(`../../actions/deploy-${target}/src/settings.ts`);
    const { manifest } = await import(`../../actions/deploy-${target}/src/manifest.ts`);
    const settings = await readSettingsFile(join(pipelines, target), `deploy/${name}.yml`);
    const env = {
      ...oidc,
      GITHUB_WORKSPACE: app,
      INPUT_IMAGE: 'ghcr.io/octo/shop:1.2.3',
      INPUT_EXPECT: 'abc',
      ...(target === 'ssh' && { 'INPUT_PRIVATE-KEY': privateKey() }),
    };
    // As the runner does.
    const defaults = Object.fromEntries(
      Object.entries<{ default: string }>(manifest.inputs).map(([input, declared]) => [
        `INPUT_${input.toUpperCase()}`,
        declared.default,
      ]),
    );
    const run = {
      env,
      github: { workspace: app, event: {} },
      inputs: (
        spec: Parameters<typeof readInputs>[1],
        rules: Parameters<typeof readInputs>[3],
        given: typeof settings,
      ) =>
        readInputs(
          manifest,
          spec,
          { env: { ...defaults, ...env }, file: given, mask: () => undefined },
          rules,
        ),
    };
    expect(readSettings(run, settings)).toMatchObject({ expect: 'abc' });
  });
});

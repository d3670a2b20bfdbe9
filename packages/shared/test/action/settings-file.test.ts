import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BadInput, duration, lines, secret, text } from '../../src/action/input.ts';
import { readInputs } from '../../src/action/inputs.ts';
import { map } from '../../src/action/key-values.ts';
import { type FileInputs, readSettingsFile } from '../../src/action/settings-file.ts';
import { Failure } from '../../src/failure/failure.ts';

const manifest = {
  name: 'deploy-test',
  inputs: {
    hosts: { required: true, default: '' },
    env: { required: false, default: '' },
    timeout: { required: false, default: '10m' },
    password: { required: false, default: '' },
    settings: { required: false, default: '' },
  },
  outputs: [],
} as const;

const spec = {
  hosts: lines(text),
  env: map(),
  timeout: duration('1s', '1h'),
  password: secret(text),
  settings: text,
};

let workspace: string;
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'slipway-settings-'));
  mkdirSync(join(workspace, 'deploy'));
});
afterAll(() => rmSync(workspace, { recursive: true }));

async function file(content: string): Promise<FileInputs | BadInput> {
  writeFileSync(join(workspace, 'deploy/production.yml'), content);
  return readSettingsFile(workspace, 'deploy/production.yml').catch((error: unknown) => {
    if (error instanceof BadInput) return error;
    throw error;
  });
}

/** The values of a step with this file and this `with:`, or what is wrong with it. */
async function read(content: string, given: Record<string, string> = {}) {
  const env = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
  const source = { env, mask: () => undefined, file: await file(content) };
  try {
    return readInputs(manifest, spec, source);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.message;
  }
}

describe('a settings file', () => {
  it('gives inputs: texts, numbers, lists and maps', async () => {
    const content = `
# production
hosts:
  - deploy@web-1
  - deploy@web-2
env:
  LOG_LEVEL: info
  PORT: 3000
  DEBUG: false
  GREETING: "one\\ntwo = three"
timeout: 5m
`;
    expect(await read(content)).toMatchObject({
      hosts: ['deploy@web-1', 'deploy@web-2'],
      env: new Map([
        ['LOG_LEVEL', 'info'],
        ['PORT', '3000'],
        ['DEBUG', 'false'],
        ['GREETING', 'one\ntwo = three'],
      ]),
      timeout: 300_000,
    });
  });

  it.each([
    ['what with: says goes before it', { timeout: '20m' }, 1_200_000],
    ['a default that the runner filled in does not', { timeout: '10m' }, 300_000],
    ['an empty input does not', { timeout: '' }, 300_000],
  ])('%s', async (_, given, timeout) => {
    expect(await read('hosts: a\ntimeout: 5m\n', given)).toMatchObject({ timeout });
  });

  it.each([
    ['hosts: a\npassword: hunter2hunter2\n', 'has the secret password; give it by with:'],
    ['hosts: a\ntimeuot: 5m\n', 'has timeuot, which does not exist in deploy-test. Valid: timeout'],
    ['hosts: a\nsettings: other.yml\n', 'names another one'],
    ['hosts: a\nhosts: b\n', 'is not YAML: Map keys must be unique'],
    ['- hosts\n', 'is no map of inputs'],
    ['hosts: {a: {b: c}}\n', 'in which hosts.a is no text'],
    ['hosts: [[a]]\n', 'in which hosts is no text, list or map'],
    ['hosts: "a\n', 'is not YAML'],
    ['timeout: 5 minutes\n', 'Input timeout is not a duration'],
    ['a: &a [x]\nhosts: *a\n', 'has a, which does not exist'],
    [`a: &a [${'x,'.repeat(50)}x]\nhosts: &b [${'*a,'.repeat(200)}*a]\n`, 'is not YAML'],
  ])('%j is refused, with all that is wrong', async (content, said) => {
    const problems = await read(content);
    expect(problems).toEqual(expect.stringContaining(said));
    expect(problems).not.toContain('hunter2');
  });

  it('says everything that is wrong with it and with: at once', async () => {
    const problems = await read('timeuot: 5m\n', { timeout: 'soon' });
    expect(problems).toContain('timeuot');
    expect(problems).toContain('Input timeout is not a duration');
    expect(problems).toContain('Input hosts is required');
  });

  it.each([
    ['missing.yml', 'is a file that is not there'],
    ['../outside.yml', 'is not a file inside the workspace'],
    ['deploy', 'is a file that is not there'],
    ['link.yml', 'is not a file inside the workspace'],
  ])('%s is refused', async (path, said) => {
    symlinkSync('/etc/hostname', join(workspace, 'link.yml'));
    await expect(readSettingsFile(workspace, path)).rejects.toThrow(said);
    rmSync(join(workspace, 'link.yml'));
  });

  it('may be empty', async () => {
    expect(await read('# nothing\n', { hosts: 'a' })).toMatchObject({ hosts: ['a'] });
  });
});

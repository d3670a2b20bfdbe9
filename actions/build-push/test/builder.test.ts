import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { ProgramResult } from '@slipway/shared/exec/program';
import { findBuilder } from '../src/builder.ts';

const ended = (code: number, stdout = '', stderr = ''): ProgramResult => ({
  code,
  signal: null,
  stdout,
  stderr,
});
const inspected = (driver: string) =>
  ended(0, `Name:          x\nDriver:        ${driver}\nLast Activity: today\n`);

async function find(wishes: string[], hosts: string[], ...results: (ProgramResult | Error)[]) {
  // Somebody chose a builder, so buildx has to be asked.
  return findIn({ BUILDX_BUILDER: 'chosen' }, wishes, hosts, ...results);
}

async function findIn(
  env: Record<string, string>,
  wishes: string[],
  hosts: string[],
  ...results: (ProgramResult | Error)[]
) {
  const calls: string[] = [];
  const builder = findBuilder(wishes, hosts, {
    env,
    signal: new AbortController().signal,
    async run(command, args) {
      calls.push([command, ...args].join(' '));
      const result = results[calls.length - 1];
      if (result === undefined || result instanceof Error) throw result;
      return result;
    },
  });
  return { calls, builder: await builder.catch((error: unknown) => error) };
}

const inspect = 'docker buildx inspect';
const create = 'docker buildx create --name';

describe('what the files of buildx tell', () => {
  it.each<[what: string, files: Record<string, string>, asked: boolean]>([
    ['nothing', {}, false],
    [
      'no choice',
      { current: '{"Key":"unix:///var/run/docker.sock","Name":"","Global":false}' },
      false,
    ],
    ['a choice', { current: '{"Key":"unix:///var/run/docker.sock","Name":"mine"}' }, true],
    ['a default of a context', { 'defaults/0123': 'mine' }, true],
    ['nonsense', { current: 'nonsense' }, true],
  ])('%s: buildx is asked only where one was chosen', async (_, files, asked) => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-buildx-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(join(folder, name, '..'), { recursive: true });
        await writeFile(join(folder, name), text);
      }
      const { builder, calls } = await findIn(
        { BUILDX_CONFIG: folder },
        [],
        [],
        inspected('docker'),
      );
      expect(builder).toEqual({ driver: 'docker', plain: true });
      expect(calls).toEqual(asked ? [inspect] : []);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('findBuilder', () => {
  it.each(['docker-container', 'remote', 'kubernetes', 'cloud'])(
    'takes the current %s builder whatever is wanted',
    async (driver) => {
      const { builder, calls } = await find(['sbom'], ['ghcr.io'], inspected(driver));
      expect(builder).toEqual({ driver, plain: false });
      expect(calls).toEqual([inspect]);
    },
  );

  it('is content with the engine’s own where nothing more is wanted', async () => {
    const { builder, calls } = await find([], ['ghcr.io'], inspected('docker'));
    expect(builder).toEqual({ driver: 'docker', plain: true });
    expect(calls).toEqual([inspect]);
  });

  it.each([
    ['ghcr.io', 'slipway', `${create} slipway --driver docker-container --node slipway0`],
    [
      'localhost:5000',
      'slipway-local',
      `${create} slipway-local --driver docker-container --driver-opt network=host --node slipway-local0`,
    ],
  ])('makes its own for %s', async (host, name, call) => {
    const { builder, calls } = await find(['cache'], [host], inspected('docker'), ended(0));
    expect(builder).toEqual({ name, driver: 'docker-container', plain: false });
    expect(calls).toEqual([inspect, call]);
  });

  it.each([
    [
      'build/builder',
      'What cache, sbom asks for',
      [inspected('docker'), ended(1, '', 'ERROR: mismatched driver\n')],
    ],
    ['build/builder', 'exit code 125', [inspected('docker'), ended(125)]],
    ['build/docker', 'spawn docker ENOENT', [new Error('spawn docker ENOENT')]],
    [
      'build/docker',
      "'buildx' is not a docker command",
      [ended(1, '', "docker: 'buildx' is not a docker command.\n")],
    ],
    [
      'build/docker',
      'Cannot connect to the Docker daemon',
      [ended(0, 'Name:   default\nDriver: \nError:  Cannot connect to the Docker daemon\n')],
    ],
    ['build/docker', 'ended with 0', [ended(0)]],
  ])('says %s: %s', async (code, says, results) => {
    const { builder } = await find(['cache', 'sbom'], ['ghcr.io'], ...results);
    expect(builder).toMatchObject({ code, message: expect.stringContaining(says) });
  });
});

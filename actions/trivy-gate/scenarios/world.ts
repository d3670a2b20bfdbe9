import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pushArtifact } from '../../../packages/local-cloud/src/oci/push.ts';
import { find } from '../../../packages/local-cloud/src/registry.ts';
import {
  makeRunner,
  type RunFacts,
  type Runner,
} from '../../../packages/local-cloud/src/runner.ts';
import {
  type DatabaseFacts,
  writeDatabase,
} from '../../../packages/local-cloud/src/trivy/database.ts';
import { plantedImage, type Variant } from '../../../packages/local-cloud/src/trivy/images.ts';

import { trivySha256 as programDigest } from '../../../packages/local-cloud/src/trivy/program.ts';

export const bundle = join(import.meta.dirname, '../dist/index.js');
export const registry = process.env['SLIPWAY_TEST_REGISTRY'] ?? '';

/** The real Trivy, as setup built it, with the digest that only this build has. */
export const trivy = realpathSync(find(['trivy']));
export const trivySha256 = await programDigest();

/** Defaults as action.yml declares them, with our own Trivy and a database in a folder. */
export const defaults: Record<string, string> = {
  'image-source': 'registry',
  scanners: 'vuln,secret',
  'report-formats': 'json,sarif',
  'upload-sarif': 'false',
  token: '',
  'on-error': 'fail',
  'trivy-version': '0.74.0',
  'trivy-sha256': trivySha256,
  'db-repository': './database',
  'db-max-age': '8760h',
  'on-stale': 'error',
  timeout: '5m',
  attach: 'false',
};

/** A runner whose workspace holds a vulnerability database, and whose PATH has the real Trivy. */
export async function makeGateRunner(
  facts: RunFacts = {},
  database: DatabaseFacts = {},
): Promise<Runner> {
  const runner = await makeRunner(facts);
  const updatedAt = new Date().toISOString();
  await writeDatabase(join(runner.workspace, 'database/db'), { updatedAt, ...database });
  runner.env['RUNNER_TOOL_CACHE'] = join(runner.workspace, '../tools');
  return runner;
}

const pushed = new Map<Variant, Promise<string>>();

/** A planted image in the registry, by digest; pushed once. */
export function planted(variant: Variant): Promise<string> {
  const known = pushed.get(variant) ?? push(variant);
  pushed.set(variant, known);
  return known;
}

async function push(variant: Variant): Promise<string> {
  return pushArtifact(registry, 'gate/shop', await plantedImage(variant));
}

/** Files that a step left behind in its temporary folder, without the reports it is there to write. */
export async function leftovers(runner: Runner): Promise<string[]> {
  const all = await readdir(runner.temp, { recursive: true });
  return all.filter((path) => !path.startsWith('trivy-gate-'));
}

/** A stand-in for Trivy: a script, whose digest a step is given. */
export async function standIn(
  runner: Runner,
  name: string,
  script: string,
): Promise<{ env: Record<string, string>; sha256: string }> {
  const folder = join(runner.workspace, `../bin-${name}`);
  await mkdir(folder, { recursive: true });
  const text = `#!/bin/sh\n${script}\n`;
  await writeFile(join(folder, 'trivy'), text, { mode: 0o755 });
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { env: { PATH: `${folder}:${runner.env['PATH']}` }, sha256 };
}

/** A JSON file. */
export async function json(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

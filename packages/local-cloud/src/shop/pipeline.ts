import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ShopFacts } from './shop.ts';

const pipelines = join(import.meta.dirname, '../../../../example-app/pipelines');

/** The path of the example's own pipeline in the repository of a shop. */
export const pipelinePath = '.github/workflows/pipeline.yml';

/** What a settings file of a deploy action says. */
export type PlaceSettings = Readonly<
  Record<string, string | number | Readonly<Record<string, string | number>>>
>;

/** The two environments that a pipeline ships to. */
export interface Environments {
  staging: PlaceSettings;
  production: PlaceSettings;
}

/**
 * The example's pipeline for a target, word by word, with the image of this shop, its scanner, and the
 * places of this machine in the settings files.
 */
export async function pipelineFiles(
  target: 'ssh' | 'ecs' | 'aci' | 'k8s',
  { image, trivySha256, database }: ShopFacts,
  { staging, production }: Environments,
): Promise<Record<string, string>> {
  const file = join(pipelines, target, '.github/workflows/ship.yml');
  const workflow = await readFile(file, 'utf8');
  // A registry on loopback needs no identity.
  const here = `image: ${image}\n      trivy-sha256: ${trivySha256}\n      db-repository: ${database}\n`;
  return {
    [pipelinePath]: workflow.replace(/image: .*\n(?: +build-(?:aws|azure)-.*\n)*/, here),
    'deploy/staging.yml': stringify(staging, { lineWidth: 0 }),
    'deploy/production.yml': stringify(production, { lineWidth: 0 }),
  };
}

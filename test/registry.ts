import {
  keptStorage,
  type LocalRegistry,
  startRegistry,
} from '../packages/local-cloud/src/registry.ts';

let registry: LocalRegistry | undefined;

/** One registry for all scenarios of a run, so that the base image is pushed once. */
export default async function setup(): Promise<void> {
  registry = await startRegistry(undefined, keptStorage());
  process.env['SLIPWAY_TEST_REGISTRY'] = registry.host;
}

/** Stops the registry of {@link setup}. */
export async function teardown(): Promise<void> {
  await registry?.[Symbol.asyncDispose]();
}

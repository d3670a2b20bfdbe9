import {
  type Keeper,
  keepKubernetes,
  sharedVariable,
} from '../packages/local-cloud/src/kubernetes/shared.ts';
import {
  keptStorage,
  type LocalRegistry,
  startRegistry,
} from '../packages/local-cloud/src/registry.ts';

let registry: LocalRegistry | undefined;
let keeper: Keeper | undefined;

/**
 * One registry for all scenarios of a run, so that the base image is pushed once, and one cluster for
 * those that ask for it.
 */
export default async function setup(): Promise<void> {
  registry = await startRegistry(undefined, keptStorage());
  process.env['SLIPWAY_TEST_REGISTRY'] = registry.host;
  keeper = await keepKubernetes();
  process.env[sharedVariable] = keeper.socket;
}

/** Stops what {@link setup} has started. */
export async function teardown(): Promise<void> {
  await keeper?.[Symbol.asyncDispose]();
  await registry?.[Symbol.asyncDispose]();
}

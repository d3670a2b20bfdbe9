import type { AzureSeed } from '../seed.ts';
import type { AciWorld } from './world.ts';

/** What the operations of ACI stand on. */
export interface AciParts {
  world: AciWorld;
  seed: AzureSeed;
}

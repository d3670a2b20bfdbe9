/** What `action.yml` declares; generated into each action as `src/manifest.ts`. */
export interface Manifest {
  /** Name of the action's folder, `build-push`. */
  name: string;
  inputs: Readonly<Record<string, { required: boolean; default: string }>>;
  outputs: readonly string[];
}

/** Names of an action's inputs. */
export type InputName<M extends Manifest> = keyof M['inputs'] & string;

/** Names of an action's outputs. */
export type OutputName<M extends Manifest> = M['outputs'][number];

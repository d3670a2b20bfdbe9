/** What `action.yml` declares; generated into each action as `src/manifest.ts`. */
export interface ActionManifest {
  /** Name of the action's folder, `build-push`. */
  name: string;
  inputs: Readonly<Record<string, { required: boolean; default: string }>>;
  outputs: readonly string[];
}

/** Names of an action's inputs. */
export type InputName<M extends ActionManifest> = keyof M['inputs'] & string;

/** Names of an action's outputs. */
export type OutputName<M extends ActionManifest> = M['outputs'][number];

/** One thing that is wrong with a container group. */
export interface Wrong {
  /** Where: `properties.containers[web].properties.ports`; undefined where `wrong` says it. */
  readonly at?: string;
  /** What, as the end of a sentence that begins with the place. */
  readonly wrong: string;
  /** A valid example. */
  readonly valid?: string;
}

/** Takes what is wrong. */
export type Report = (at: string, wrong: string, valid?: string) => void;

/** Where a container is. */
export function atContainer(name: string, list = 'containers'): string {
  return `properties.${list}[${name}].properties`;
}

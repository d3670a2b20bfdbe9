import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { entriesOf } from '../workload/field-owners.ts';

/** A tool that owns an object, and changes it back to what it knows. */
export interface Owner {
  /** `Argo CD` */
  readonly tool: string;
  /** What shows it: `the label argocd.argoproj.io/instance` */
  readonly sign: string;
}

const labels: ReadonlyArray<readonly [label: string, tool: string]> = [
  ['argocd.argoproj.io/instance', 'Argo CD'],
  ['kustomize.toolkit.fluxcd.io/name', 'Flux'],
  ['helm.toolkit.fluxcd.io/name', 'Flux'],
];
const annotations: ReadonlyArray<readonly [annotation: string, tool: string]> = [
  ['argocd.argoproj.io/tracking-id', 'Argo CD'],
  ['meta.helm.sh/release-name', 'Helm'],
];
const managers: ReadonlyArray<readonly [manager: RegExp, tool: string]> = [
  [/^argocd-(?:application-)?controller$/, 'Argo CD'],
  [/^(?:kustomize|helm)-controller$/, 'Flux'],
  [/^helm$/, 'Helm'],
];

/**
 * The tool that owns an object as it is, by what these tools write into it.
 * Sources: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/,
 * https://fluxcd.io/flux/components/kustomize/kustomizations/,
 * https://helm.sh/docs/chart_best_practices/labels/
 */
export function ownerOf(live: JsonObject): Owner | undefined {
  const metadata = objectIn(live, 'metadata');
  const has = (of: string, name: string) => textIn(objectIn(metadata, of), name) !== undefined;
  for (const [name, tool] of labels) {
    if (has('labels', name)) return { tool, sign: `the label ${name}` };
  }
  for (const [name, tool] of annotations) {
    if (has('annotations', name)) return { tool, sign: `the annotation ${name}` };
  }
  for (const entry of entriesOf(live)) {
    const manager = textIn(entry, 'manager') ?? '';
    const found = managers.find(([pattern]) => pattern.test(manager));
    if (found) return { tool: found[1], sign: `the field manager ${manager}` };
  }
  return undefined;
}

import { objectIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { referenceOf } from '@slipway/shared/image/reference';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import { oneLine } from '@slipway/shared/image/said';
import { objectText } from '../api/object-text.ts';
import { imageOf } from '../change/image.ts';
import { tryPod } from '../check/dry-pod.ts';
import { checkNodes } from '../check/nodes.ts';
import { ownerOf } from '../check/owners.ts';
import { podNotes } from '../check/pod-notes.ts';
import { checkPullSecrets } from '../check/pull-secrets.ts';
import { checkStrategy } from '../check/strategy.ts';
import { podTemplateOf } from '../workload/pod-template.ts';
import type { WantedObject, WantedWorkload } from '../workload/prepared.ts';
import type { Preparation } from './preparation.ts';

/** What is checked once it is known what all objects would become. */
export interface Checked {
  readonly objects: readonly (WantedObject | WantedWorkload)[];
  readonly main: WantedWorkload;
  readonly container: string;
  readonly image: ResolvedImage;
}

/**
 * Finds out, before anything is written, whether the cluster would run what is wanted.
 * @returns what people should know, one sentence each
 * @throws Failure why it would not
 */
export async function checkWanted(
  { api, settings }: Preparation,
  { objects, main, container, image }: Checked,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = ownerNotes(objects, settings.strict);
  for (const one of objects) {
    if (!('kind' in one) || !one.isChanged) continue;
    const template = podTemplateOf(one.kind, one.after);
    const text = objectText(one.name);
    notes.push(...checkStrategy(one, text), ...podNotes(template, text));
    notes.push(...(await tryPod(api, one, objects, signal)));
  }
  const template = podTemplateOf(main.kind, main.after);
  const became = imageOf(template, container);
  if (became !== undefined && became !== image.name) {
    notes.push(
      `A webhook of the cluster makes the image ${oneLine(became)} of ${oneLine(image.name)}.`,
    );
  }
  const secrets = objects.filter(({ name }) => name.resource.kind === 'Secret');
  const pull = {
    registry: referenceOf(became)?.registry ?? '',
    template,
    namespace: main.name.namespace,
    applied: new Set(secrets.map(({ name }) => name.name)),
  };
  return [
    ...notes,
    ...(await checkNodes(api, image, template, signal)),
    ...(await checkPullSecrets(api, pull, signal)),
  ];
}

function ownerNotes(objects: readonly WantedObject[], strict: boolean): string[] {
  return objects.flatMap(({ live, name, isChanged }) => {
    const owner = live && ownerOf(live);
    if (!owner || !isChanged) return [];
    const object = objectText(name);
    const { tool, sign } = owner;
    const release = textIn(
      objectIn(objectIn(live, 'metadata'), 'annotations'),
      'meta.helm.sh/release-name',
    );
    const which = tool === 'Helm' && release ? `Helm (release ${oneLine(release)})` : tool;
    if (strict) throw Failure.of('k8s/owned', { object, owner: which, sign });
    return [
      `${which} owns ${object} (${sign}), and will change it back to what it knows: change the image there too, or let it leave the image alone.`,
    ];
  });
}

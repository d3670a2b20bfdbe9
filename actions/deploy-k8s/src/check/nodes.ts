import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';
import { matchesOf } from '@slipway/shared/image/platform';
import type { ResolvedImage } from '@slipway/shared/image/resolve-image';
import type { KubernetesApi } from '../api/kubernetes-api.ts';

/**
 * Compares the platforms of an image with those of the nodes that its pods may run on.
 * @returns what could not be found out, or fits only some nodes, one sentence each
 * @throws Failure `image/platform` where it fits none
 */
export async function checkNodes(
  api: KubernetesApi,
  { name, platforms }: ResolvedImage,
  template: JsonObject,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (platforms.length === 0) return [];
  let nodes: readonly JsonObject[];
  try {
    const resource = await api.resource({ apiVersion: 'v1', kind: 'Node' }, signal);
    nodes = resource ? await api.list({ resource, namespace: undefined }, signal) : [];
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'k8s/denied') throw error;
    return [`Whether the image fits the nodes is not checked: ${error.message}`];
  }
  const wanted = objectIn(objectIn(template, 'spec'), 'nodeSelector');
  const possible = nodes.filter((node) => isPossible(node, wanted)).map(platformOf);
  const all = [...new Set(possible)].filter((one) => one !== '');
  const fitting = all.filter((one) => matchesOf(platforms, one, (has) => has).length > 0);
  if (all.length === 0 || fitting.length === all.length) return [];
  const others = all.filter((one) => !fitting.includes(one)).join(', ');
  if (fitting.length === 0) {
    throw Failure.of('image/platform', { image: name, wanted: others, has: platforms.join(', ') });
  }
  return [
    `The image is for ${platforms.join(', ')}, and some nodes are ${others}: a pod that is put on one of them fails. \`nodeSelector: {kubernetes.io/arch: …}\` keeps it away from them.`,
  ];
}

/** A node that takes pods, and that the selector of the pods means. */
function isPossible(node: JsonObject, wanted: JsonObject): boolean {
  const labels = objectIn(objectIn(node, 'metadata'), 'labels');
  const spec = objectIn(node, 'spec');
  const isKept = objectsIn(spec, 'taints').some(
    (taint) => textIn(taint, 'key') === 'node-role.kubernetes.io/control-plane',
  );
  const isMeant = Object.entries(wanted).every(([label, value]) => labels[label] === value);
  return spec['unschedulable'] !== true && !isKept && isMeant;
}

function platformOf(node: JsonObject): string {
  const info = objectIn(objectIn(node, 'status'), 'nodeInfo');
  const [os, architecture] = [textIn(info, 'operatingSystem'), textIn(info, 'architecture')];
  return os === undefined || architecture === undefined ? '' : `${os}/${architecture}`;
}

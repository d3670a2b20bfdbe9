import { type JsonObject, objectIn } from '@slipway/shared/document/json-object';
import { Failure } from '@slipway/shared/failure/failure';

/**
 * What Kubernetes takes of one object, in bytes.
 * Sources: https://etcd.io/docs/latest/dev-guide/limit/ (size of a request),
 * https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size,
 * apimachinery/pkg/api/validation/objectmeta.go (TotalAnnotationSizeLimitB)
 */
const most = { object: 1_572_864, annotations: 262_144, data: 1_048_576 } as const;

/**
 * Refuses an object that is too large before anything is sent.
 * @throws Failure `k8s/too-large`
 */
export function checkSize(object: JsonObject, text: string): void {
  const refuse = (what: string, has: number, takes: number): never => {
    const said = `its ${what} have ${has} bytes, and Kubernetes takes ${takes}`;
    throw Failure.of('k8s/too-large', { call: `applying ${text}`, said });
  };
  const annotations = bytesIn(objectIn(objectIn(object, 'metadata'), 'annotations'));
  if (annotations > most.annotations) refuse('annotations', annotations, most.annotations);
  if (object['kind'] === 'ConfigMap' || object['kind'] === 'Secret') {
    // Base64 has four characters for three bytes.
    const share = object['kind'] === 'Secret' ? 3 / 4 : 1;
    const plain = bytesIn(objectIn(object, 'data')) * share;
    const data = Math.floor(plain + bytesIn(objectIn(object, 'binaryData')) * (3 / 4));
    if (data > most.data) refuse('data', data, most.data);
  }
  const all = Buffer.byteLength(JSON.stringify(object));
  if (all > most.object) refuse('fields', all, most.object);
}

function bytesIn(map: JsonObject): number {
  return Object.entries(map).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  );
}

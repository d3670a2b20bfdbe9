import {
  isJsonObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
} from '@slipway/shared/document/json-object';
import type { KubernetesApi } from '../api/kubernetes-api.ts';
import type { HealthPort } from './health-port.ts';

/** A port of a Service that leads to the port at which a container is asked. */
export interface ServicePort {
  readonly service: string;
  /** Its number, as an address names it. */
  readonly port: string;
}

/** The ports of Services in front of pods with these labels that lead to one of their ports. */
export async function servicesOf(
  api: KubernetesApi,
  o: { namespace: string; labels: JsonObject; port: HealthPort },
  signal: AbortSignal,
): Promise<readonly ServicePort[]> {
  const resource = await api.resource({ apiVersion: 'v1', kind: 'Service' }, signal);
  if (!resource) return [];
  const services = await api.list({ resource, namespace: o.namespace }, signal);
  return services
    .filter((service) => selects(objectIn(service, 'spec')['selector'], o.labels))
    .flatMap((service) => {
      const port = objectsIn(objectIn(service, 'spec'), 'ports').find((one) =>
        leadsTo(one, o.port),
      );
      const name = textIn(objectIn(service, 'metadata'), 'name');
      return port && name !== undefined ? [{ service: name, port: String(port['port']) }] : [];
    });
}

/** Whether a selector selects pods with these labels; none selects nothing. */
export function selects(selector: JsonObject[string], labels: JsonObject): boolean {
  if (selector === undefined || !isJsonObject(selector)) return false;
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

// Source: https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports
function leadsTo(servicePort: JsonObject, { name, number }: HealthPort): boolean {
  if ((textIn(servicePort, 'protocol') ?? 'TCP') !== 'TCP') return false;
  const target = String(servicePort['targetPort'] ?? servicePort['port']);
  return target === String(number) || target === name;
}

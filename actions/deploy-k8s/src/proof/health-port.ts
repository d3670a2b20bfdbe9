import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';

/** Where a container answers. */
export interface HealthPort {
  readonly number: number;
  readonly name: string | undefined;
  readonly scheme: 'http' | 'https';
}

/**
 * The port at which a container is asked: the one that an input names, or else that of its readiness
 * probe, or else its first one.
 * @param asked a number, or the name of one of its ports
 * @returns undefined where it is not known
 */
export function healthPort(
  container: JsonObject,
  asked: string | undefined,
): HealthPort | undefined {
  const probe = objectIn(objectIn(container, 'readinessProbe'), 'httpGet');
  const ports = objectsIn(container, 'ports').filter(isTcp);
  const wanted = asked ?? probe['port'] ?? ports[0]?.['containerPort'];
  if (wanted === undefined || wanted === null) return undefined;
  const text = String(wanted);
  const listed = ports.find(
    (port) => textIn(port, 'name') === text || String(port['containerPort']) === text,
  );
  const number = Number(listed?.['containerPort'] ?? text);
  if (!Number.isInteger(number)) return undefined;
  const isProbed = String(probe['port']) === text || String(probe['port']) === String(number);
  const scheme = isProbed && textIn(probe, 'scheme') === 'HTTPS' ? 'https' : 'http';
  return { number, name: listed && textIn(listed, 'name'), scheme };
}

function isTcp(port: JsonObject): boolean {
  return (textIn(port, 'protocol') ?? 'TCP') === 'TCP';
}

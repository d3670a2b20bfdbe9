import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { within } from '../document/edit.ts';
import {
  containerIn,
  containersOf,
  isInSubnet,
  propertiesOf,
  withContainer,
} from '../document/parts.ts';
import type { GroupPort } from '../group-port.ts';

/** What tells ports apart: `80/TCP`. */
export function portKey(port: JsonObject): string {
  const protocol = textIn(port, 'protocol') ?? 'TCP';
  return `${numberOf(port['port']) ?? ''}/${protocol.toUpperCase()}`;
}

/**
 * A group in which one container has just these ports, and the address of the group opens them.
 * Ports that the address opens for other containers stay open, behind them.
 */
export function withPorts(
  group: JsonObject,
  container: string,
  ports: readonly GroupPort[],
): JsonObject {
  const before = objectsIn(containerIn(group, container) ?? {}, 'ports');
  const list = ports.map(({ port, protocol }): JsonObject => ({ port, protocol }));
  const opened = objectsIn(objectIn(propertiesOf(group), 'ipAddress'), 'ports');
  const taken = new Set([...before, ...list].map(portKey));
  const others = opened.filter((port) => !taken.has(portKey(port)));
  const own = withContainer(group, container, (properties) => ({
    ...properties,
    ports: asBefore(list, before),
  }));
  return withAddress(own, { ports: [...asBefore(list, opened), ...others] });
}

/** A port that was there stays just as it was, with fields that are newer than this action. */
function asBefore(
  ports: readonly JsonObject[],
  before: readonly JsonObject[],
): readonly JsonObject[] {
  const known = new Map(before.map((port) => [portKey(port), port]));
  return ports.map((port) => known.get(portKey(port)) ?? port);
}

/**
 * A group with a DNS label. Where it has no address yet, it gets one that opens what its containers
 * have; where they have no port either, it stays as it is, and the check says so.
 */
export function withLabel(group: JsonObject, label: string): JsonObject {
  const properties = propertiesOf(group);
  if (Object.keys(objectIn(properties, 'ipAddress')).length > 0) {
    return withAddress(group, { dnsNameLabel: label });
  }
  const all = containersOf(group).flatMap((one) => objectsIn(one.properties, 'ports'));
  const ports = new Map(all.map((port) => [portKey(port), port]));
  return withAddress(group, { ports: [...ports.values()], dnsNameLabel: label });
}

function withAddress(group: JsonObject, fields: JsonObject): JsonObject {
  const type = isInSubnet(group) ? 'Private' : 'Public';
  return within(group, 'properties', (properties) => ({
    ...properties,
    ipAddress: { type, ...objectIn(properties, 'ipAddress'), ...fields },
  }));
}

/** The port at which the app is asked: the first one of the address, TCP before UDP. */
export function firstPort(group: JsonObject): number | undefined {
  const ports = objectsIn(objectIn(propertiesOf(group), 'ipAddress'), 'ports');
  const first = ports.find((port) => portKey(port).endsWith('/TCP')) ?? ports[0];
  return numberOf(first?.['port']);
}

import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectIn, objectsIn, textIn } from '@slipway/shared/document/json-object';
import { containersOf, isInSubnet, propertiesOf } from '../document/parts.ts';
import { reservedPorts } from '../group-port.ts';
import { portKey } from '../merge/address.ts';
import { atContainer, type Report } from './wrong.ts';

const mostPorts = 5;
const at = 'properties.ipAddress';

/**
 * Finds what is wrong with the ports of a group and its address.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-faq,
 * https://learn.microsoft.com/azure/container-instances/container-instances-virtual-network-concepts
 */
export function checkAddress(group: JsonObject, report: Report): void {
  const opened = checkContainerPorts(group, report);
  const address = objectIn(propertiesOf(group), 'ipAddress');
  if (Object.keys(address).length === 0) return;
  const ports = objectsIn(address, 'ports');
  if (ports.length === 0) {
    if (textIn(address, 'dnsNameLabel') === undefined) report(`${at}.ports`, 'is empty', '3000');
    else report(`${at}.dnsNameLabel`, 'needs ports that the address opens', 'ports: 3000');
  }
  if (ports.length > mostPorts) {
    report(
      `${at}.ports`,
      `has ${ports.length} ports, and an address has at most ${mostPorts}`,
      '3000',
    );
  }
  const keys = ports.map(portKey);
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) report(`${at}.ports`, `has ${twice} twice`, 'each port once');
  for (const port of ports) {
    if (!checkPort(port, `${at}.ports`, report) || opened.has(portKey(port))) continue;
    const wrong = `opens ${portKey(port)}, which no container has; the address maps no ports`;
    report(`${at}.ports`, wrong, [...opened.keys()][0] ?? 'a port of a container');
  }
  checkPlace(group, address, report);
}

function checkContainerPorts(group: JsonObject, report: Report): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  for (const { name, properties } of containersOf(group)) {
    for (const port of objectsIn(properties, 'ports')) {
      const place = `${atContainer(name)}.ports`;
      if (!checkPort(port, place, report)) continue;
      const key = portKey(port);
      const other = taken.get(key);
      if (other !== undefined) {
        const whose =
          other === name ? ' twice' : `, which ${other} has too: they share one network`;
        report(place, `has ${key}${whose}`, 'each port once');
      }
      taken.set(key, name);
    }
  }
  return taken;
}

function checkPort(port: JsonObject, place: string, report: Report): boolean {
  const number = numberOf(port['port']) ?? Number.NaN;
  if (!(Number.isInteger(number) && number >= 1 && number <= 65_535)) {
    report(place, `has the port ${number}, which is not from 1 to 65535`, '3000');
    return false;
  }
  if (reservedPorts.some(([low, high]) => low <= number && number <= high)) {
    report(place, `has port ${number}, which Azure keeps for itself`, '3000');
  }
  return true;
}

function checkPlace(group: JsonObject, address: JsonObject, report: Report): void {
  const inSubnet = isInSubnet(group);
  const type = (textIn(address, 'type') ?? '').toLowerCase();
  if (inSubnet && type === 'public') {
    report(`${at}.type`, 'is Public, which a group in a subnet cannot have', 'Private');
  }
  if (!inSubnet && type === 'private') {
    report(`${at}.type`, 'is Private, which needs subnetIds', 'Public');
  }
  if (textIn(address, 'dnsNameLabel') !== undefined && (inSubnet || type === 'private')) {
    const wrong = 'needs a public address, which a group in a subnet cannot have';
    report(`${at}.dnsNameLabel`, wrong, 'a group without subnetIds');
  }
}

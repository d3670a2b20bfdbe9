import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectIn, textIn } from '@slipway/shared/document/json-object';
import { containersOf, propertiesOf } from '../document/parts.ts';
import { atContainer, type Report } from './wrong.ts';

/**
 * How much a container group can have.
 * Source: https://learn.microsoft.com/azure/container-instances/container-instances-resource-and-quota-limits
 */
const most = { regular: { cpu: 31, memoryInGB: 240 }, spot: { cpu: 4, memoryInGB: 16 } } as const;
const example = { cpu: '0.5', memoryInGB: '1.5' } as const;
const fields = ['cpu', 'memoryInGB'] as const;

/** Finds sizes that Azure does not give, or that nobody said. */
export function checkSizes(group: JsonObject, report: Report): void {
  const properties = propertiesOf(group);
  const byProfile = properties['containerGroupProfile'] !== undefined;
  const containers = containersOf(group);
  for (const { name, properties: of } of containers) {
    const at = `${atContainer(name)}.resources`;
    const resources = objectIn(of, 'resources');
    const [requests, limits] = [objectIn(resources, 'requests'), objectIn(resources, 'limits')];
    for (const field of fields) {
      checkSize(
        { request: requests[field], limit: limits[field] },
        { at, field, byProfile },
        report,
      );
    }
    if (requests['gpu'] !== undefined || limits['gpu'] !== undefined) {
      report(`${at}.requests.gpu`, 'asks for a GPU, which Azure retired on 2025-07-14', 'no gpu');
    }
  }
  const spot = textIn(properties, 'priority')?.toLowerCase() === 'spot';
  for (const field of fields) {
    const sum = containers.reduce((total, { properties: of }) => {
      return total + (numberOf(objectIn(objectIn(of, 'resources'), 'requests')[field]) ?? 0);
    }, 0);
    const limit = most[spot ? 'spot' : 'regular'][field];
    if (Math.round(sum * 100) <= limit * 100) continue;
    const kind = spot ? 'a group of priority Spot' : 'a group';
    const total = Math.round(sum * 100) / 100;
    const at =
      containers.length === 1
        ? `${atContainer(containers[0]?.name ?? '')}.resources.requests.${field}`
        : 'properties.containers';
    report(
      at,
      `asks for ${field} ${total} in sum, and ${kind} has at most ${limit}`,
      example[field],
    );
  }
}

interface SizeBounds {
  request: JsonObject[string];
  limit: JsonObject[string];
}

function checkSize(
  { request, limit }: SizeBounds,
  { at, field, byProfile }: { at: string; field: (typeof fields)[number]; byProfile: boolean },
  report: Report,
): void {
  const [asked, atMost] = [numberOf(request), numberOf(limit)];
  const place = `${at}.requests.${field}`;
  if (asked === undefined && !byProfile) report(place, 'is missing', example[field]);
  if (asked !== undefined && !(asked > 0)) report(place, `is ${asked}`, example[field]);
  if (asked !== undefined && atMost !== undefined && atMost < asked) {
    report(
      `${at}.limits.${field}`,
      `is ${atMost}, below the ${asked} of the request`,
      String(asked),
    );
  }
}

import { numberOf } from '@slipway/shared/document/json-number';
import { type JsonObject, objectsIn } from '@slipway/shared/document/json-object';
import type { Problems } from '@slipway/shared/document/problems';
import { textField } from '@slipway/shared/http/json';
import { containersOf } from '../registrable.ts';
import type { ServiceNeeds } from '../service-needs.ts';
import { isForFargate } from './task.ts';

/** Finds what a task definition lacks for the service that is to run it. */
export function checkForService(document: JsonObject, needs: ServiceNeeds, add: Problems): void {
  if (needs.fargate && !isForFargate(document)) {
    add('requiresCompatibilities has no FARGATE, which the service runs on');
  }
  const awsvpc = textField(document, 'networkMode') === 'awsvpc';
  if (needs.awsvpc && !awsvpc) {
    add('networkMode is not awsvpc, which the networkConfiguration of the service needs');
  }
  if (awsvpc && !needs.awsvpc) {
    add('networkMode is awsvpc, for which the service has no networkConfiguration');
  }
  const containers = containersOf(document);
  for (const { container, port, by } of needs.reached) {
    const found = containers.get(container);
    if (!found) add(`the container ${container} is not there, which ${by} of the service reaches`);
    else if (port !== undefined && !exposes(found, port)) {
      add(`container ${container} has no port ${port}, which ${by} of the service reaches`);
    }
  }
}

function exposes(container: JsonObject, port: number): boolean {
  return objectsIn(container, 'portMappings').some((mapping) => {
    const [, from, to] =
      /^(\d{1,5})-(\d{1,5})$/.exec(textField(mapping, 'containerPortRange') ?? '') ?? [];
    if (from !== undefined && to !== undefined) return port >= Number(from) && port <= Number(to);
    return numberOf(mapping['containerPort']) === port;
  });
}

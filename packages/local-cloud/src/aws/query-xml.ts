import { randomUUID } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';
import { type Answer, isRecord } from '../http/exchange.ts';
import {
  type OperationModel,
  type ServiceModel,
  type ShapeRef,
  shapeOf,
} from './model/service-model.ts';
import type { Refusal } from './refusal.ts';

const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/**
 * An answer in the query protocol, beside an element that no client knows.
 * Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 * @param output as in JSON: times are seconds since the epoch
 */
export function queryAnswer(
  model: ServiceModel,
  operation: OperationModel,
  output: object,
): Answer {
  const { name, output: ref } = operation;
  const result = ref && {
    [ref.resultWrapper ?? `${name}Result`]: {
      OfTomorrow: { Entry: '1' },
      ...element(model, ref, output),
    },
  };
  return xml(200, {
    [`${name}Response`]: {
      '@xmlns': model.metadata.xmlNamespace,
      ...result,
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
}

/** An error in the query protocol. */
export function queryRefusal(model: ServiceModel, { code, message, status }: Refusal): Answer {
  return xml(status, {
    ErrorResponse: {
      '@xmlns': model.metadata.xmlNamespace,
      Error: { Type: 'Sender', Code: code, Message: message },
      RequestId: randomUUID(),
    },
  });
}

function element(model: ServiceModel, ref: ShapeRef, value: unknown): object {
  const { members = {} } = shapeOf(model, ref);
  const entries = Object.entries(isRecord(value) ? value : {}).flatMap(([name, item]) => {
    const member = members[name];
    if (!member || item === undefined) return [];
    return [[member.locationName ?? name, content(model, member, item)]];
  });
  return Object.fromEntries(entries);
}

function content(model: ServiceModel, ref: ShapeRef, value: unknown): unknown {
  const shape = shapeOf(model, ref);
  switch (shape.type) {
    case 'structure':
      return element(model, ref, value);
    case 'list': {
      const { member } = shape;
      if (!member || !Array.isArray(value)) throw new Error(`${ref.shape} is no list.`);
      const items = value.map((item) => content(model, member, item));
      return shape.flattened ? items : { [member.locationName ?? 'member']: items };
    }
    case 'map': {
      const { key, value: of } = shape;
      if (!key || !of || !isRecord(value)) throw new Error(`${ref.shape} is no map.`);
      const entries = Object.entries(value).map(([name, item]) => ({
        [key.locationName ?? 'key']: name,
        [of.locationName ?? 'value']: content(model, of, item),
      }));
      return shape.flattened ? entries : { entry: entries };
    }
    case 'timestamp':
      return new Date(Number(value) * 1_000).toISOString();
    default:
      return String(value);
  }
}

function xml(status: number, document: object): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body: builder.build(document) };
}

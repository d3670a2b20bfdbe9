import { randomUUID } from 'node:crypto';
import { XMLBuilder } from 'fast-xml-parser';
import type { Answer } from '../http/exchange.ts';
import type { Refusal } from './refusal.ts';

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

/** A result in the AWS query protocol: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export function queryAnswer(operation: string, result: object): Answer {
  return xml(200, {
    [`${operation}Response`]: {
      '@xmlns': namespace,
      [`${operation}Result`]: { OfTomorrow: { Entry: '1' }, ...result },
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
}

/** An error in the AWS query protocol. */
export function queryRefusal({ code, message, status }: Refusal): Answer {
  return xml(status, {
    ErrorResponse: {
      '@xmlns': namespace,
      Error: { Type: 'Sender', Code: code, Message: message },
      RequestId: randomUUID(),
    },
  });
}

function xml(status: number, document: object): Answer {
  return { status, headers: { 'content-type': 'text/xml' }, body: builder.build(document) };
}

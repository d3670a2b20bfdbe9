import { field, listField, parseJson, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';

/** What is wrong with one field. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/**
 * The server's words about a call.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export interface ApiStatus {
  readonly code: number;
  /** `Forbidden`, `AlreadyExists`; empty where there is none. */
  readonly reason: string;
  /** On one line. */
  readonly message: string;
  /** Name of what it is about. */
  readonly name: string;
  /** Plural of what it is about, `deployments`. */
  readonly kind: string;
  readonly causes: readonly StatusCause[];
  /** Milliseconds after which to ask again. */
  readonly retryAfter: number | undefined;
}

const mostCauses = 20;

/** Reads a Status; undefined for whatever else, such as the page of a proxy or the app's own answer. */
export function statusIn(text: string): ApiStatus | undefined {
  return statusOf(parseJson(text));
}

/** The same of what was parsed. */
export function statusOf(value: unknown): ApiStatus | undefined {
  if (field(value, 'kind') !== 'Status' || field(value, 'apiVersion') !== 'v1') return undefined;
  const details = field(value, 'details');
  const seconds = field(details, 'retryAfterSeconds');
  return {
    code: Number(field(value, 'code')) || 0,
    reason: textField(value, 'reason') ?? '',
    message: oneLine(textField(value, 'message') ?? ''),
    name: textField(details, 'name') ?? '',
    kind: textField(details, 'kind') ?? '',
    causes: listField(details, 'causes')
      .slice(0, mostCauses)
      .map((cause) => ({
        reason: textField(cause, 'reason') ?? '',
        message: oneLine(textField(cause, 'message') ?? ''),
        field: oneLine(textField(cause, 'field') ?? ''),
      })),
    retryAfter: typeof seconds === 'number' && seconds > 0 ? seconds * 1_000 : undefined,
  };
}

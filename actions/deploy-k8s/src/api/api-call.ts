import { Failure } from '@slipway/shared/failure/failure';
import type { HttpFields } from '@slipway/shared/http/fetch';
import type { ClusterRequest } from '../connection/cluster-http.ts';
import type { Query } from './addresses.ts';

/** A call to the API server, as the sentences need it and as it is sent. */
export interface ApiCall {
  /** For people: `patching deployments shop in namespace shop`. */
  readonly what: string;
  /** As RBAC knows it: `patch`. */
  readonly verb: string;
  /** Empty for the core group. */
  readonly group: string;
  /** `deployments`, `pods/log` */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name?: string | undefined;
  readonly method: ClusterRequest['method'];
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer of the API server, read to its end. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: HttpFields;
  readonly text: string;
  readonly warnings: readonly string[];
  /** Whether an attempt before was lost: the answer may be about what that one has done. */
  readonly repeated: boolean;
}

/** Where a call is made, for people: `patching deployments shop in namespace shop`. */
export function wordsFor(
  doing: string,
  of: { resource: string; namespace: string | undefined; name?: string | undefined },
): string {
  const name = of.name === undefined ? '' : ` ${of.name}`;
  const place = of.namespace === undefined ? '' : ` in namespace ${of.namespace}`;
  return `${doing} ${of.resource}${name}${place}`;
}

/** The name of a call at the beginning of a sentence. */
export function whole(call: string): string {
  return call.charAt(0).toUpperCase() + call.slice(1);
}

/** The failure for an answer that is none of Kubernetes, or not as it should be. */
export function unusable(call: Pick<ApiCall, 'what'>, said: string, cause?: unknown): Failure {
  return Failure.of('k8s/unavailable', { call: whole(call.what), said }, cause);
}

import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { field, textField } from '@slipway/shared/http/json';
import { oneLine } from '@slipway/shared/image/said';
import { TimeoutReached } from '@slipway/shared/time/deadline';
import { type ApiCall, unusable } from './api-call.ts';

/** Codes of Node and OpenSSL for a certificate whose authority is not trusted. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
]);

/** What there is no answer because of. */
export function unreachable(
  error: unknown,
  { server, call, hasAnswered }: { server: URL; call: ApiCall; hasAnswered: boolean },
): Failure {
  const facts = { server: server.host, said: oneLine(messageOf(error)) };
  if (error instanceof TimeoutReached) {
    const said = `no answer within ${Math.round(error.ms / 1_000)} s`;
    return Failure.of('k8s/unreachable', { ...facts, said }, error);
  }
  const code = codeIn(error);
  if (untrusted.has(code)) return Failure.of('k8s/certificate-authority', facts, error);
  switch (code) {
    case 'ENOTFOUND':
      return Failure.of('k8s/unknown-host', { server: server.hostname }, error);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return Failure.of('k8s/certificate-name', facts, error);
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return Failure.of('k8s/certificate-expired', facts, error);
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return Failure.of('k8s/no-tls', facts, error);
  }
  if (/^ERR_(?:OSSL|SSL|TLS)_/.test(code) || /PEM|asn1/i.test(code)) {
    return Failure.of('k8s/no-tls', facts, error);
  }
  if (code === '' && hasAnswered) return unusable(call, facts.said, error);
  return Failure.of('k8s/unreachable', facts, error);
}

function codeIn(error: unknown, depth = 0): string {
  const code = textField(error, 'code');
  if (code !== undefined || depth > 5) return code ?? '';
  const cause = field(error, 'cause');
  return cause === undefined ? '' : codeIn(cause, depth + 1);
}

import { type Handler, jsonAnswer } from '../../http/exchange.ts';
import type { Signer } from '../../jwt/signer.ts';

/**
 * The public side of GitHub's token service: discovery document and keys.
 * Source: https://token.actions.githubusercontent.com/.well-known/openid-configuration
 */
export function issuerService(signer: () => Promise<Signer>): Handler {
  return async ({ method, url }) => {
    const issuer = url.origin;
    if (method !== 'GET') return jsonAnswer(405, { message: 'method not allowed' });
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return jsonAnswer(200, {
          issuer,
          jwks_uri: `${issuer}/.well-known/jwks`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public', 'pairwise'],
          id_token_signing_alg_values_supported: ['RS256'],
          scopes_supported: ['openid'],
        });
      case '/.well-known/jwks':
        return jsonAnswer(200, (await signer()).jwks);
      default:
        return jsonAnswer(404, { message: 'not found' });
    }
  };
}

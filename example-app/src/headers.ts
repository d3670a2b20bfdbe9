import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';

/**
 * Sets the security headers of the OWASP HTTP Headers cheat sheet that apply to an app without
 * scripts, forms and frames. Strict-Transport-Security is left to the proxy that ends TLS.
 *
 * @param style the only style sheet that a page may carry; the policy allows it by its hash
 */
export function securityHeaders(style: string): RequestHandler {
  const hash = createHash('sha256').update(style).digest('base64');
  const headers = {
    'Content-Security-Policy': [
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  };
  return (_req, res, next) => {
    res.set(headers);
    next();
  };
}

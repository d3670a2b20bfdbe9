import type { RequestHandler } from 'express';

/**
 * The security headers of the OWASP HTTP Headers cheat sheet that apply to an app without forms and
 * frames. The page may load files of the app itself and nothing else: no script and no style that
 * stands in a page. Strict-Transport-Security is left to the proxy that ends TLS.
 */
const HEADERS = Object.entries({
  'Content-Security-Policy': [
    "default-src 'none'",
    "connect-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
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
});

/** Sets them on every answer. */
export const securityHeaders: RequestHandler = (_req, res, next) => {
  for (const [name, value] of HEADERS) res.setHeader(name, value);
  next();
};

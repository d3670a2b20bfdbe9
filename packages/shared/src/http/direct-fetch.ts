import type { Fetch, HttpAnswer } from './fetch.ts';

/**
 * A fetch past every proxy, for services of this machine and its host alone: a proxy cannot reach
 * those, and must not see what they say. Redirects are not followed.
 */
export const directFetch: Fetch = async (
  address,
  { headers, method = 'GET', body, signal } = {},
) => {
  const { Agent, request } = await import('node:http');
  const agent = new Agent();
  return new Promise<HttpAnswer>((resolve, reject) => {
    const sent = request(address, {
      agent,
      method,
      // Nothing is unpacked here, whatever the caller's library would take.
      headers: { ...headers, 'accept-encoding': 'identity' },
      ...(signal && { signal }),
    });
    sent.on('error', reject).on('response', (answer) => {
      const status = answer.statusCode ?? 0;
      resolve({
        status,
        ok: status >= 200 && status < 300,
        headers: { get: (name) => answer.headersDistinct[name.toLowerCase()]?.join(', ') ?? null },
        body: Object.assign(answer, {
          async cancel() {
            answer.destroy();
          },
        }),
      });
    });
    if (typeof body === 'string') sent.write(body);
    sent.end();
  });
};

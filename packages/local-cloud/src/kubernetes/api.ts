import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** What the API server said. */
export interface Said {
  status: number;
  body: string;
}

/** Asks the API server of a cluster as its administrator. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<Said>;

/**
 * @param o.server `https://127.0.0.1:6443`
 * @param o.ca PEM
 */
export function askAs(o: { server: string; ca: string; token: string }): Ask {
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${o.token}`,
        accept: 'application/json, */*',
        ...(sent !== undefined && { 'content-type': 'application/json' }),
      };
      // No connection is kept, as the server may have been started anew since the last question.
      const asked = request(`${o.server}${path}`, { method, ca: o.ca, headers, agent: false });
      asked.setTimeout(10_000, () => {
        asked.destroy(new Error(`${method} ${path} took longer than 10 s`));
      });
      asked.on('error', reject);
      asked.on('response', (response) => {
        text(response).then(
          (said) => resolve({ status: response.statusCode ?? 0, body: said }),
          reject,
        );
      });
      asked.end(sent);
    });
}

/**
 * Waits until an answer is there that `good` takes; a connection that fails is no answer.
 * @param limit in milliseconds
 * @throws after the limit, with the last answer
 */
export async function waitFor(
  what: string,
  limit: number,
  good: () => Promise<boolean | string>,
): Promise<void> {
  let last = '';
  for (const end = Date.now() + limit; Date.now() < end; await delay(50)) {
    try {
      const answer = await good();
      if (answer === true) return;
      last = String(answer);
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(`${what} was not there after ${limit / 1_000} s: ${last}`);
}

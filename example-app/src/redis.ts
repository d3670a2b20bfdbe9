import type { Store } from 'express-rate-limit';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { RedisStore } from 'rate-limit-redis';

export type RedisBackend = { readonly client: Redis; readonly rateLimitStore: Store };

/**
 * Connects to Redis, again and again. What is asked meanwhile fails at once instead of waiting.
 *
 * @param limitMs how long one command may take, in milliseconds
 */
export function connectRedis(url: string, limitMs: number, logger: Logger): RedisBackend {
  const client = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: limitMs,
    commandTimeout: limitMs,
    retryStrategy: (times) => Math.min(100 * times, 1000),
  });
  // Unheard it would go to the console, once for each attempt. Readiness reports that it is gone.
  client.on('error', (err) => logger.debug({ err }, 'connection to redis failed'));

  const rateLimitStore = new RedisStore({
    prefix: 'example-app:limit:',
    sendCommand: async (command: string, ...args: string[]) =>
      asReply(await client.call(command, ...args)),
  });
  return { client, rateLimitStore };
}

type Reply = number | string | (number | string)[];

/** What the scripts of the store answer: a text, or two numbers. */
function asReply(reply: unknown): Reply {
  const items: unknown[] = Array.isArray(reply) ? reply : [reply];
  const simple = items.map((item) => (typeof item === 'number' ? item : String(item)));
  return Array.isArray(reply) ? simple : (simple[0] ?? '');
}

import type { Express } from 'express';
import type { Store } from 'express-rate-limit';
import type { Logger } from 'pino';
import { type Dependency, within } from './checks.ts';
import type { Settings } from './settings.ts';

/** What the app has outside its process. Nothing of it is there unless its address is set. */
export type Backends = {
  readonly dependencies: readonly Dependency[];
  /** Counts the requests of all instances. */
  readonly rateLimitStore: Store | undefined;
  /** Add the routes that need a backend. */
  readonly features: readonly ((app: Express) => void)[];
  /** Closes all connections; call it when no request is under way. */
  readonly close: () => Promise<void>;
};

/** Connects to what the settings name. It needs none of it to be there yet. */
export async function connectBackends(settings: Settings, logger: Logger): Promise<Backends> {
  const { databaseUrl, redisUrl, checkTimeoutMs } = settings;
  // Only then: a client costs memory and time at the start.
  const postgres =
    databaseUrl === undefined
      ? undefined
      : (await import('./postgres.ts')).connectPostgres(databaseUrl, checkTimeoutMs, logger);
  const redis =
    redisUrl === undefined
      ? undefined
      : (await import('./redis.ts')).connectRedis(redisUrl, checkTimeoutMs, logger);

  const dependencies: Dependency[] = [];
  const features: ((app: Express) => void)[] = [];
  if (postgres) {
    const { postgresNotes } = await import('./notes/postgres-notes.ts');
    const { cachedNotes } = await import('./notes/cached-notes.ts');
    const { notesRoutes } = await import('./notes/routes.ts');
    const notes = postgresNotes(postgres);
    features.push(notesRoutes(redis ? cachedNotes(notes, redis.client) : notes));
    // With a limit of its own, so that a silent server does not keep one connection after the other.
    const query = { text: 'select 1', query_timeout: checkTimeoutMs };
    const check = () => postgres.query(query);
    dependencies.push({ name: 'postgres', required: true, check });
  }
  // Without Redis answers come from the database, and nobody is limited: worse, but an answer.
  if (redis) {
    dependencies.push({ name: 'redis', required: false, check: () => redis.client.ping() });
  }

  return {
    dependencies,
    features,
    rateLimitStore: redis?.rateLimitStore,
    async close() {
      redis?.client.disconnect();
      const ended = within(checkTimeoutMs, postgres?.end() ?? Promise.resolve());
      await ended.catch((err: unknown) => logger.warn({ err }, 'connections were left open'));
    },
  };
}

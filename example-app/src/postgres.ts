import pg, { type Pool } from 'pg';
import type { Logger } from 'pino';

/** No request is worth more: its client has gone by then, and others wait for the connection. */
const QUERY_MS = 5000;

/**
 * Makes a pool of connections to Postgres; the first query opens the first one.
 *
 * @param connectMs how long it may take to connect, in milliseconds
 */
export function connectPostgres(url: string, connectMs: number, logger: Logger): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: connectMs,
    statement_timeout: QUERY_MS,
    // Of this side, for a server that has fallen silent: a little later than that of the server.
    query_timeout: QUERY_MS + 500,
    keepAlive: true,
    application_name: 'example-app',
  });
  // Of a connection on which nothing is under way, for example because Postgres restarts. Unheard it
  // would end the process; the pool opens another one when it is needed.
  pool.on('error', (err) => logger.warn({ err }, 'connection to postgres lost'));
  return pool;
}

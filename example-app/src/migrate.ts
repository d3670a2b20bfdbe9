import { runner } from 'node-pg-migrate';
import manifest from '../package.json' with { type: 'json' };
import { createLogger } from './logger.ts';
import { settingsOrExit } from './settings.ts';

// A command of its own, to be run before a new version of the app starts: `node src/migrate.ts`. It
// applies what is missing, in one transaction, so that a failure leaves the database as it was. Of
// several at once one works and the others wait for it. They can run beside the old app.
const { databaseUrl, release, logLevel } = settingsOrExit(manifest);
if (databaseUrl === undefined) {
  console.error(
    'DATABASE_URL: not set, for example DATABASE_URL=postgresql://app:password@localhost:5432/app',
  );
  process.exit(1);
}
const logger = createLogger(release, { level: logLevel, secretUrls: [databaseUrl] });

try {
  const applied = await runner({
    databaseUrl, // a connection of its own: it ends with the command, and the lock with it
    dir: new URL('../migrations', import.meta.url).pathname,
    migrationsTable: 'pgmigrations',
    direction: 'up',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: {
      debug: () => {},
      info: () => {},
      warn: (message) => logger.warn(message),
      error: () => {}, // it is thrown as well
    },
  });
  logger.info({ applied: applied.map(({ name }) => name) }, 'migrated');
} catch (err) {
  logger.fatal({ err }, 'not migrated: the database is as it was');
  process.exitCode = 1;
}

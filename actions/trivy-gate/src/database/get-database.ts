import { join } from 'node:path';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import type { Registry } from '@slipway/shared/image/registry';
import { formatDuration } from '@slipway/shared/time/duration';
import { isFull } from '../scanner/get-trivy.ts';
import { type Database, lookAtDatabase } from './metadata.ts';
import { pullDatabase } from './pull.ts';

/** Where the database comes from, and how old it may be. */
export interface DatabaseWanted {
  /** A folder that has it, which is used as it is, or mirrors. */
  source: { folder: string } | { mirrors: readonly ImageReference[] };
  /** Oldest age, in milliseconds. */
  maxAge: number;
  onStale: 'error' | 'warn';
  /** Keeps archives for later runs. */
  cacheFolder: string;
  /** Private folder, in which it is unpacked. */
  folder: string;
}

/** What getting a database runs on. */
export interface DatabaseTools {
  /** Opens the registry of a mirror. */
  open(host: string): Promise<Registry>;
  /** Whether a folder has files that the repository has. */
  isTracked(folder: string): Promise<boolean>;
  now(): number;
  signal: AbortSignal;
  say(line: string): void;
  warn(line: string): void;
}

/**
 * Gets the vulnerability database that the first mirror with one has now. What an earlier run kept
 * saves the download, and nothing else: docs/decisions/0021-database-cache.md.
 * @throws Failure `gate/database`, `gate/database-stale`, `gate/no-space`
 */
export async function getDatabase(wanted: DatabaseWanted, tools: DatabaseTools): Promise<Database> {
  const { maxAge, onStale, source } = wanted;
  const database =
    'folder' in source ? await own(source.folder, tools) : await current(wanted, tools);
  const age = tools.now() - database.updated;
  if (age <= maxAge) return database;
  const stale = Failure.of('gate/database-stale', {
    updated: new Date(database.updated).toISOString(),
    age: formatDuration(age),
    most: formatDuration(maxAge),
  });
  if (onStale === 'error') throw stale;
  tools.warn(stale.message);
  return database;
}

async function own(folder: string, { isTracked }: DatabaseTools): Promise<Database> {
  // Whoever opens a pull request would choose what is known to be vulnerable.
  if (await isTracked(folder)) {
    const said = `${folder} is part of the repository; let a step of the job fetch it`;
    throw Failure.of('gate/database', { said });
  }
  const inCache = await lookAtDatabase(join(folder, 'db'));
  const found = 'problem' in inCache ? await lookAtDatabase(folder) : inCache;
  if (!('problem' in found)) return found;
  throw Failure.of('gate/database', { said: `${folder} has none: ${found.problem}` });
}

async function current(
  { cacheFolder, folder, source }: DatabaseWanted,
  { open, say, signal }: DatabaseTools,
): Promise<Database> {
  const problems: string[] = [];
  for (const mirror of 'mirrors' in source ? source.mirrors : []) {
    try {
      return await pullDatabase(await open(mirror.registry), mirror, { cacheFolder, folder, say });
    } catch (error) {
      signal.throwIfAborted();
      if (isFull(error)) {
        throw Failure.of('gate/no-space', { what: 'unpack the vulnerability database' }, error);
      }
      say(`${formatReference(mirror)} gave no vulnerability database: ${messageOf(error)}`);
      problems.push(messageOf(error).replace(/\.$/, ''));
    }
  }
  throw Failure.of('gate/database', { said: problems.join('; ') });
}

import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure, messageOf } from '@slipway/shared/failure/failure';
import { formatReference, type ImageReference } from '@slipway/shared/image/reference';
import type { Registry } from '@slipway/shared/image/registry';
import { formatDuration } from '@slipway/shared/time/duration';
import { dayOf, formatDay } from '../policy/day.ts';
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
  cacheFolder: string;
}

/** What getting a database runs on. */
export interface DatabaseMeans {
  /** Opens the registry of a mirror. */
  open(host: string): Promise<Registry>;
  now(): number;
  signal: AbortSignal;
  say(line: string): void;
  warn(line: string): void;
}

const mostDays = 3;

/**
 * Gets the vulnerability database: today's from the cache, else from the first mirror that has one,
 * which is kept at once, before anybody knows the verdict. When no mirror answers, an older one from
 * the cache is good as long as its age is.
 * @throws Failure `gate/database`, `gate/database-stale`, `gate/no-space`
 */
export async function getDatabase(wanted: DatabaseWanted, means: DatabaseMeans): Promise<Database> {
  const { maxAge, onStale, source } = wanted;
  const database = 'folder' in source ? await own(source.folder) : await current(wanted, means);
  const age = means.now() - database.updated;
  if (age <= maxAge) return database;
  const stale = Failure.of('gate/database-stale', {
    updated: new Date(database.updated).toISOString(),
    age: formatDuration(age),
    most: formatDuration(maxAge),
  });
  if (onStale === 'error') throw stale;
  means.warn(stale.message);
  return database;
}

async function own(folder: string): Promise<Database> {
  const inCache = await lookAtDatabase(join(folder, 'db'));
  const found = 'problem' in inCache ? await lookAtDatabase(folder) : inCache;
  if (!('problem' in found)) return found;
  throw Failure.of('gate/database', { said: `${folder} has none: ${found.problem}` });
}

async function current(wanted: DatabaseWanted, means: DatabaseMeans): Promise<Database> {
  const mirrors = 'mirrors' in wanted.source ? wanted.source.mirrors : [];
  const days = join(wanted.cacheFolder, 'trivy-db', await nameOf(mirrors));
  const today = join(days, formatDay(dayOf(means.now())));
  const fresh = ({ updated }: Database) => means.now() - updated <= wanted.maxAge;
  const kept = await newest(days);
  if (kept?.folder === today && fresh(kept)) return kept;
  const problems: string[] = [];
  for (const mirror of mirrors) {
    const pulled = await pull(mirror, today, means);
    if ('updated' in pulled) {
      await removeOld(days);
      return pulled;
    }
    problems.push(pulled.problem);
  }
  const said = problems.join('; ');
  if (kept && (fresh(kept) || wanted.onStale === 'warn')) {
    means.warn(
      `No mirror had a vulnerability database (${said}). The one of ${new Date(kept.updated).toISOString()} from the cache is used.`,
    );
    return kept;
  }
  throw Failure.of('gate/database', { said });
}

/** Pulls from one mirror into the folder of today. */
async function pull(
  mirror: ImageReference,
  today: string,
  { open, say, signal }: DatabaseMeans,
): Promise<Database | { problem: string }> {
  const name = formatReference(mirror);
  const part = `${today}.${crypto.randomUUID()}`;
  try {
    await mkdir(dirname(today), { recursive: true });
    await pullDatabase(await open(mirror.registry), mirror, part);
    const found = await lookAtDatabase(part);
    if ('problem' in found) return { problem: `${name}: ${found.problem}` };
    await rm(today, { recursive: true, force: true });
    await rename(part, today);
    return { ...found, folder: today };
  } catch (error) {
    signal.throwIfAborted();
    if (isFull(error)) {
      throw Failure.of('gate/no-space', { what: 'unpack the vulnerability database' }, error);
    }
    say(`${name} gave no vulnerability database: ${messageOf(error)}`);
    return { problem: messageOf(error).replace(/\.$/, '') };
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

// Who names other mirrors does not want what came from these.
async function nameOf(mirrors: readonly ImageReference[]): Promise<string> {
  const { createHash } = await import('node:crypto');
  const names = mirrors.map(formatReference).join('\n');
  return createHash('sha256').update(names).digest('hex').slice(0, 16);
}

async function newest(days: string): Promise<Database | undefined> {
  for (const name of (await dayFolders(days)).reverse()) {
    const found = await lookAtDatabase(join(days, name));
    if (!('problem' in found)) return found;
  }
  return undefined;
}

async function removeOld(days: string): Promise<void> {
  for (const name of (await dayFolders(days)).slice(0, -mostDays)) {
    await rm(join(days, name), { recursive: true, force: true });
  }
}

async function dayFolders(days: string): Promise<string[]> {
  const names = await readdir(days).catch(() => []);
  return names.filter((name) => /^\d{4}-\d\d-\d\d$/.test(name)).sort();
}

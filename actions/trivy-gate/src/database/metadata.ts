import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { field, parseJson, textField } from '@slipway/shared/http/json';

/** A vulnerability database that lies in a folder. */
export interface Database {
  /** Folder with `trivy.db` and `metadata.json`. */
  folder: string;
  /** When it was made, milliseconds since the epoch. */
  updated: number;
  /** Takes it out of the cache, where it came from there: no later run shall have it. */
  discard?(): Promise<void>;
}

const schema = 2;
const longestMetadata = 100_000;

/**
 * Looks at a database: both files are there, and it has the schema that Trivy reads.
 * @returns what is wrong with it when something is
 */
export async function lookAtDatabase(folder: string): Promise<Database | { problem: string }> {
  try {
    const { size } = await stat(join(folder, 'trivy.db'));
    if (size === 0) return { problem: 'its trivy.db is empty' };
    const path = join(folder, 'metadata.json');
    if ((await stat(path)).size > longestMetadata)
      return { problem: 'its metadata.json is too long' };
    const metadata = parseJson(await readFile(path, 'utf8'));
    const version = field(metadata, 'Version');
    if (version !== schema) {
      return { problem: `its schema version is ${JSON.stringify(version)}, not ${schema}` };
    }
    const updated = Date.parse(textField(metadata, 'UpdatedAt') ?? '');
    if (Number.isNaN(updated)) return { problem: 'its metadata.json has no UpdatedAt' };
    return { folder, updated };
  } catch (error) {
    const code = textField(error, 'code') ?? String(error);
    return { problem: code === 'ENOENT' ? 'trivy.db or metadata.json is missing' : code };
  }
}

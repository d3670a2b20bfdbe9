import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes each build secret into a file of its own that only this user can read, byte for byte.
 * @param folder a private one, which the caller removes
 * @returns secret id -> file
 */
export async function writeSecrets(
  folder: string,
  secrets: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [index, [id, value]] of [...secrets].entries()) {
    const file = join(folder, `secret-${index}`);
    await writeFile(file, value, { mode: 0o600 });
    files.set(id, file);
  }
  return files;
}

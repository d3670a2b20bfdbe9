import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';

/** Files by their path in an archive or an image, without a leading slash. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Writes files under a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** Packs files into a tar; the same files give the same bytes. */
export async function packFiles(files: Files): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-tar-'));
  try {
    await writeFiles(join(folder, 'files'), files);
    const file = join(folder, 'files.tar');
    await create(
      { cwd: join(folder, 'files'), file, portable: true, mtime: new Date(0) },
      Object.keys(files).sort(),
    );
    return await readFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

import { chmod, open, rename } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Makes a program out of what was checked: an archive with `trivy` in it, or the program itself.
 * @param folder private folder, in which `checked` is
 * @returns path of the program
 */
export async function unpackProgram(checked: string, folder: string): Promise<string> {
  const name = process.platform === 'win32' ? 'trivy.exe' : 'trivy';
  const program = join(folder, name);
  if (await isGzip(checked)) {
    const { extract } = await import('tar');
    const only = (path: string) => path.replace(/^\.\//, '') === name;
    await extract({ file: checked, cwd: folder, strict: true, filter: only });
  } else if (checked !== program) await rename(checked, program);
  await chmod(program, 0o500);
  return program;
}

async function isGzip(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.readUInt16BE() === 0x1f8b;
}

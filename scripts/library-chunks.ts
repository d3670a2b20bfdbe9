import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';

/** What webpack says of a module; several that were joined to one are in `modules`. */
interface Module {
  name: string;
  chunks: (number | string)[];
  modules?: Module[];
}

interface Stats {
  chunks: { id: number | string; files: string[] }[];
  modules: Module[];
}

/**
 * Takes comments and white space out of the chunks that hold libraries only. Names stay, and so does
 * our own code, to the letter (docs/decisions/0045).
 * @param stats file that ncc wrote with `--stats-out`
 */
export function packLibraries(dist: string, stats: string): void {
  const { chunks, modules }: Stats = JSON.parse(readFileSync(stats, 'utf8'));
  const own = new Set(modules.filter(isOwn).flatMap((module) => module.chunks));
  for (const { files, id } of chunks) {
    if (own.has(id)) continue;
    for (const file of files) pack(join(dist, file));
  }
}

function isOwn({ modules, name }: Module): boolean {
  if (modules) return modules.some(isOwn);
  return !name.includes('/node_modules/') && !/^(?:external |webpack\/runtime\/)/.test(name);
}

function pack(file: string): void {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    charset: 'utf8',
    legalComments: 'inline',
    minifyWhitespace: true,
  });
  writeFileSync(file, code);
}

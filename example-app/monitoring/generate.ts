// Writes what follows from other files of this folder; with --check, only says what is not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileOf } from './dashboards/parts.ts';
import { processes } from './dashboards/process.ts';
import { service } from './dashboards/service.ts';
import { demoOf, demos } from './demo.ts';

const here = import.meta.dirname;
const files: readonly (readonly [path: string, text: string])[] = [
  ...demos.map(
    ([from, to, words]) =>
      [to, demoOf(readFileSync(join(here, from), 'utf8'), from, words)] as const,
  ),
  ['grafana/dashboards/service.json', fileOf(service)],
  ['grafana/dashboards/process.json', fileOf(processes)],
];

for (const [name, text] of files) {
  const path = join(here, name);
  if (text === read(path)) continue;
  if (process.argv.includes('--check')) {
    console.error(`monitoring/${name} is not up to date: npm run monitoring in the example app`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

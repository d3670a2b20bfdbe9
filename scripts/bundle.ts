// Bundles each action's compiled entry with ncc: ESM for node24, dynamic imports as chunks.
// Usage: node scripts/bundle.ts [action ...]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packLibraries } from './library-chunks.ts';

const root = join(import.meta.dirname, '..');
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

const named = process.argv.slice(2);
const temporary = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
process.on('exit', () => rmSync(temporary, { recursive: true }));

for (const name of named.length > 0 ? named : readdirSync(join(root, 'actions')).sort()) {
  const folder = join(root, 'actions', name);
  const dist = join(folder, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const stats = join(temporary, `${name}.json`);
  const written = ['--out', 'dist', '--license', 'licenses.txt', '--stats-out', stats];
  execFileSync(process.execPath, [ncc, 'build', 'lib/main.js', ...written, '--quiet'], {
    cwd: folder,
    stdio: 'inherit',
  });
  // ssh2 brings a Windows helper for an agent that the action never talks to.
  rmSync(join(dist, 'pagent.exe'), { force: true });
  // @azure/identity brings a script that opens a browser, which no action does.
  rmSync(join(dist, 'xdg-open'), { force: true });
  for (const file of readdirSync(dist)) if (file.endsWith('.js')) defineDirname(join(dist, file));
  packLibraries(dist, stats);
}

// Libraries written as CommonJS may use __dirname, which a module does not have and ncc does not give.
function defineDirname(file: string): void {
  const code = readFileSync(file, 'utf8');
  if (!/\b__dirname\b/.test(code) || /\b(?:const|var|let) __dirname\b/.test(code)) return;
  writeFileSync(file, `const __dirname = import.meta.dirname;\n${code}`);
}

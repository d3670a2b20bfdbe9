// Writes the release tree: exactly what a tag contains. Same source, same bytes.
// Usage: node scripts/release-tree.ts [--out out/release] [--version 1.2.3] [--slug owner/repo]
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { shareChunks } from './shared-chunks.ts';

const root = join(import.meta.dirname, '..');
const own: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'out/release') },
    version: { type: 'string', default: own.version },
    slug: { type: 'string', default: 'org/actions' },
  },
});
if (!/^\d+\.\d+\.\d+$/.test(values.version)) {
  console.error(`${values.version} is not a version of three numbers, such as 1.2.3`);
  process.exit(1);
}
const out = resolve(values.out);
const workflows = join(root, '.github/workflows');
const reusable = readdirSync(workflows)
  .filter((file) => /^ {2}workflow_call:/m.test(readFileSync(join(workflows, file), 'utf8')))
  .sort();

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, '.github/workflows'), { recursive: true });
for (const name of readdirSync(join(root, 'actions')).sort()) {
  const folder = join(root, 'actions', name);
  cpSync(join(folder, 'dist'), join(out, name, 'dist'), { recursive: true });
  for (const file of ['action.yml', 'README.md', 'policy.schema.json', 'settings.schema.json']) {
    if (existsSync(join(folder, file))) cpSync(join(folder, file), join(out, name, file));
  }
}
for (const file of reusable) {
  cpSync(join(workflows, file), join(out, '.github/workflows', file));
}
for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md', 'SECURITY.md']) {
  if (existsSync(join(root, file))) cpSync(join(root, file), join(out, file));
}
for (const file of files(out)) stamp(file);
shareChunks(out);
writeFileSync(join(out, 'SHA256SUMS'), files(out).map(sumLine).join(''));

// Our own parts name each other by the exact version; the bundles say which version they are.
function stamp(file: string): void {
  const before = readFileSync(file, 'utf8');
  const after = before
    .replaceAll(/\borg\/actions\/([\w./-]+)@v0\.0\.0\b/g, `${values.slug}/$1@v${values.version}`)
    .replaceAll('0.0.0-development', values.version);
  if (after !== before) writeFileSync(file, after);
}

function sumLine(file: string): string {
  const sum = createHash('sha256').update(readFileSync(file)).digest('hex');
  return `${sum}  ${relative(out, file)}\n`;
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

// The arrows between packages go one way: actions -> shared, and tests may use local-cloud. So do those
// between the rooms of an action, and of shared: the first folders below src.
// Heavy libraries are only ever imported where they are used, never at the top of a module, so that
// an action that fails on its inputs has not loaded them. @actions/core is light: what is not used of it
// is left out of a bundle (docs/decisions/0002).
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const heavy =
  /^(?:@actions\/(?!core$)|@aws-sdk\/|@azure\/|@octokit\/|ssh2$|undici$|yaml$|semver$|node:https?$|node:crypto$)/;
// Loaded by dynamic import themselves; what they import at their top is loaded then.
const late = [
  'actions/deploy-aci/src/api/aci-client.ts',
  'actions/deploy-ecs/src/api/ecs-client.ts',
  'actions/deploy-ecs/src/api/load-balancing-client.ts',
  'actions/deploy-ecs/src/api/logs-client.ts',
  'actions/deploy-ssh/src/ssh/script/remote-script.ts',
  'actions/semver-tag/src/release/',
  'packages/shared/src/identity/',
];
const problems: string[] = [];
/** For each room the rooms that it imports from. */
const rooms = new Map<string, Set<string>>();

for (const group of ['packages', 'actions']) {
  for (const name of readdirSync(join(root, group))) {
    const folder = join(root, group, name, 'src');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.ts')) check(join(folder, file), `${group}/${name}`);
    }
  }
}
for (const [room, others] of rooms) {
  if (!room.startsWith('packages/local-cloud/') && reaches(others, room)) {
    problems.push(
      `${room}: is in a circle of rooms, by what it imports from ${[...others].join(', ')}`,
    );
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

function check(path: string, owner: string): void {
  const file = relative(root, path);
  const code = readFileSync(path, 'utf8');
  for (const [, types, from = ''] of code.matchAll(
    /^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm,
  )) {
    const target = from.startsWith('.') ? relative(root, join(path, '..', from)) : from;
    if (from.startsWith('.') && !target.startsWith(`${owner}/src/`)) {
      problems.push(`${file}: leaves its package for ${target}`);
    }
    const [room, other] = [roomOf(file), roomOf(target)];
    if (room !== undefined && other !== undefined && room !== other) {
      rooms.set(room, (rooms.get(room) ?? new Set()).add(other));
    }
    if (/^@slipway\/(?!shared\/)/.test(from)) problems.push(`${file}: may not import ${from}`);
    if (owner === 'packages/shared' && from.startsWith('@slipway/')) {
      problems.push(`${file}: shared imports no other package`);
    }
    const checked =
      owner !== 'packages/local-cloud' && !late.some((start) => file.startsWith(start));
    if (checked && !types && heavy.test(from)) {
      problems.push(`${file}: imports ${from} at its top; import it where it is used`);
    }
  }
}

/** `actions/deploy-ssh/src/host`; undefined for a file that is in no room. */
function roomOf(file: string): string | undefined {
  return /^\w+\/[\w-]+\/src\/[\w-]+(?=\/)/.exec(file)?.[0];
}

function reaches(from: ReadonlySet<string>, room: string, seen = new Set<string>()): boolean {
  for (const next of from) {
    if (next === room) return true;
    if (seen.has(next)) continue;
    if (reaches(rooms.get(next) ?? new Set(), room, seen.add(next))) return true;
  }
  return false;
}

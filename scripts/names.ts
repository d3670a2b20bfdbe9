// One type, one name: within an action and the shared package no two types have the same name. Settings
// and the like may be in every action, as no action imports another.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const shared = typesOf('packages/shared');
const problems = twice(shared);

for (const name of readdirSync(join(root, 'actions'))) {
  const own = typesOf(`actions/${name}`);
  problems.push(
    ...twice([...own, ...shared.filter(([type]) => own.some(([one]) => one === type))]),
  );
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

/** The types that a package declares at the top of its files, with those files. */
function typesOf(owner: string): [type: string, file: string][] {
  const files = readdirSync(join(root, owner, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const path = `${owner}/src/${file}`;
      const code = readFileSync(join(root, path), 'utf8');
      const declared = code.matchAll(
        /^(?:export )?(?:declare )?(?:abstract )?(?:type|interface|class) (\w+)/gm,
      );
      return [...declared].map(([, type = '']): [string, string] => [type, path]);
    });
}

function twice(types: readonly (readonly [string, string])[]): string[] {
  return [...Map.groupBy(types, ([type]) => type)]
    .filter(([, same]) => same.length > 1)
    .map(
      ([type, same]) =>
        `${type} is the name of two types: ${same.map(([, file]) => file).join(', ')}`,
    );
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { script } from '../../src/ssh/shell.ts';
import { hostScripts } from './host-scripts.ts';

const source = join(import.meta.dirname, '../../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

/** Functions that make a script, or a part of one, by their names. */
const makers = files.flatMap((file) => {
  const text = readFileSync(join(source, file), 'utf8');
  const found = text.matchAll(/^(?:export )?function (\w+Script)\(|^export const (\w+Script) =/gm);
  return [...found].map(([, named, held]) => named ?? held ?? '');
});

/** The one that runs a script makes none. */
const others = ['runScript'];

describe('the scripts for hosts', () => {
  it('are all rendered here: a new one needs a sample in host-scripts.ts', () => {
    const rendered = hostScripts.flatMap(({ makes }) => makes);
    expect(makers.filter((name) => !rendered.includes(name) && !others.includes(name))).toEqual([]);
    expect(rendered.filter((name) => !makers.includes(name))).toEqual([]);
  });

  it('are nowhere else: a file with lines of shell is one that makes a script', () => {
    const shell = /^ *(?:if \[ |cd -- |mkdir -|rm -|exec \d|trap '|done$|fi$)/m;
    const odd = files.filter((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      const code = text.replace(/^ *(?:\/\/|\*|\/\*\*).*$/gm, '');
      return shell.test(code) && !/\w+Script\(|Function = `/.test(code);
    });
    expect(odd).toEqual([]);
  });
});

const { error } = spawnSync('shellcheck', ['--version']);
const checked = error ? describe.skip : describe;

checked('what shellcheck says of', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-scripts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const always = {
    SC2016: 'quoted text of the user is kept as it is',
    SC1003: 'the same',
    SC1091: 'files that are on the host only',
    SC2238: 'a file of the name env',
  };
  const rows = hostScripts.map(
    ({ makes, body, meant = {} }) => [makes.join(' with '), body, meant] as const,
  );
  it.each(rows)('%s is nothing', async (_, body, meant) => {
    const file = join(folder, 'script');
    writeFileSync(file, `#!/usr/bin/env bash\n${script(await body(), '--- mark', true)}`);
    const left = `--exclude=${Object.keys({ ...always, ...meant }).join(',')}`;
    const options = ['--shell=bash', '--severity=style', '--format=gcc', left];
    const { stdout } = spawnSync('shellcheck', [...options, file], { encoding: 'utf8' });
    expect(stdout.replaceAll(file, 'line').trimEnd().split('\n')).toEqual(['']);
  });
});

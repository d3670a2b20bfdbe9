import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Hosts, startHosts } from '../../../packages/local-cloud/src/hosts/hosts.ts';
import { envFileText } from '../src/host/env-file.ts';

const count = 10_000;
const telling = [
  '$HOME',
  `\${A:-b}`,
  '`id`',
  '$(id)',
  "it's",
  '"quoted"',
  'a\\',
  '\\n',
  ' # no comment',
  '  blanks  ',
  '=',
  '#',
  '; x',
  'é 日本 🚢',
  'two\nlines',
  "'",
  '\\\\',
  '!x',
  '~',
  '*',
];
// What an input can hold: no control characters but tabs and line breaks.
const piece = fc.oneof(fc.constantFrom(...telling), fc.string({ unit: 'grapheme', maxLength: 8 }));
const value = fc.array(piece, { maxLength: 4 }).map((parts) =>
  parts
    .join('')
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
    .toWellFormed(),
);
const noSpelling = (text: string) => text.includes('`') && /'|\\$/.test(text);

const random = fc.sample(value, { numRuns: count, seed: 4711 });
const entries = [...telling, ...random].map((text, index): [string, string] => [`V${index}`, text]);

/** What `env -0` printed, without what was there before. */
function fromEnv(printed: string): Map<string, string> {
  const ours = printed.split('\0').filter((line) => /^V\d+=/.test(line));
  return new Map(
    ours.map((line): [string, string] => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]),
  );
}

describe(`a .env with ${count} random values is read back equal`, () => {
  let folder: string;
  let hosts: Hosts;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-env-'));
    hosts = await startHosts(1);
  }, 60_000);
  afterAll(async () => {
    await hosts?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it('by a POSIX shell', () => {
    writeFileSync(join(folder, 'shell.env'), envFileText(entries));
    const printed = execFileSync('dash', ['-c', 'set -a; . ./shell.env; env -0'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    expect(fromEnv(printed)).toEqual(new Map(entries));
  });

  it('by Docker Compose', () => {
    const readable = entries.filter(([, text]) => !noSpelling(text));
    writeFileSync(join(folder, 'app.env'), envFileText(readable));
    writeFileSync(
      join(folder, 'compose.yaml'),
      'services: { web: { image: x, env_file: app.env } }\n',
    );
    const printed = execFileSync('docker', ['compose', 'config', '--format', 'json'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const read: Record<string, string> = JSON.parse(printed).services.web.environment;
    const plain = Object.entries(read).map(([key, text]): [string, string] => [
      key,
      text.replaceAll('$$', '$'),
    ]);
    expect(new Map(plain)).toEqual(new Map(readable));
  });

  it('by systemd', async () => {
    const [host] = hosts.all;
    if (!host) throw new Error('no host');
    await host.exec(['tee', '/run/app.env'], { input: envFileText(entries) });
    const printed = await host.exec([
      'systemd-run',
      '--quiet',
      '--wait',
      '--pipe',
      '--property',
      'EnvironmentFile=/run/app.env',
      'env',
      '-0',
    ]);
    expect(fromEnv(printed)).toEqual(new Map(entries));
  }, 60_000);
});

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How a test app behaves once it is started. */
export type Behaviour = 'good' | 'crash' | 'unhealthy' | 'silent' | 'slow' | 'hungry';

const servers: Record<Behaviour, string> = {
  good: `require('node:http').createServer((q, s) => s.end('version ' + process.env.VERSION + ' ' + (process.env.GREETING ?? ''))).listen(3000);`,
  crash: `console.error('cannot open the database: ::error::no such host <b>db</b>'); process.exit(7);`,
  unhealthy: `require('node:http').createServer((q, s) => { s.statusCode = 500; console.log('request failed: table users is missing'); s.end('sorry'); }).listen(3000);`,
  silent: `setInterval(() => {}, 1000);`,
  hungry: `const all = []; setInterval(() => all.push(Buffer.alloc(2e7, 1)), 5);`,
  slow: `setTimeout(() => require('node:http').createServer((q, s) => s.end('version ' + process.env.VERSION)).listen(3000), 30000);`,
};

/**
 * Builds a small app with a given behaviour on the base image of the example app and pushes it.
 * @returns `host/app@sha256:…`
 */
export async function pushApp(
  registry: string,
  version: string,
  behaviour: Behaviour,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-app-'));
  try {
    await writeFile(
      join(folder, 'server.js'),
      `process.on('SIGTERM', () => process.exit(0));\n${servers[behaviour]}\n`,
    );
    await writeFile(
      join(folder, 'Dockerfile'),
      `FROM node:24-bookworm-slim\nENV VERSION=${version}\nCOPY server.js /server.js\nUSER 1000\nCMD ["node", "/server.js"]\n`,
    );
    return await buildAndPush(folder, registry, version);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Builds the example app and pushes it; it says which commit it is.
 * @returns `host/app@sha256:…`
 */
export function pushExampleApp(registry: string, commit: string): Promise<string> {
  const arg = ['--build-arg', `COMMIT=${commit}`];
  return buildAndPush(join(import.meta.dirname, '../../../example-app'), registry, commit, arg);
}

async function buildAndPush(
  context: string,
  registry: string,
  tag: string,
  more: readonly string[] = [],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-push-'));
  const metadata = join(folder, 'metadata.json');
  const build = ['buildx', 'build', '--quiet', '--provenance=false', '--push', ...more];
  const out = ['--tag', `${registry}/app:${tag}`, '--metadata-file', metadata];
  try {
    await run('docker', [...build, ...out, context]);
    const parsed: Record<string, unknown> = JSON.parse(await readFile(metadata, 'utf8'));
    return `${registry}/app@${parsed['containerimage.digest']}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

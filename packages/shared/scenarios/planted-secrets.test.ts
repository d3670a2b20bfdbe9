import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { marked } from 'marked';
import {
  defaults as buildDefaults,
  bundle as buildPush,
  makeBuildRunner,
} from '../../../actions/build-push/scenarios/world.ts';
import {
  bundle as deploySsh,
  makeWorld as makeHost,
} from '../../../actions/deploy-ssh/scenarios/world.ts';
import {
  defaults as semverDefaults,
  bundle as semverTag,
} from '../../../actions/semver-tag/scenarios/world.ts';
import { makeRunner, type StepResult } from '../../local-cloud/src/runner.ts';
import { writeDatabase } from '../../local-cloud/src/trivy/database.ts';

const trivyGate = join(import.meta.dirname, '../../../actions/trivy-gate/dist/index.js');
/** As action.yml declares them; that of its own scenarios needs the real Trivy. */
const gateDefaults = {
  'image-source': 'registry',
  scanners: 'vuln',
  'report-formats': 'json',
  'upload-sarif': 'false',
  'on-error': 'fail',
  'trivy-version': '0.74.0',
  'db-repository': './database',
  'db-max-age': '48h',
  'on-stale': 'error',
  timeout: '30s',
  attach: 'false',
};

// Everything that Markdown, HTML, JSON and a shell write in another way.
const line = 'pl4nted&<b>|`*_~"$\\@#1:x\'';
const lines = `pl4nted first <line>\n\t  pl4nted & second |\`*\`\n\n${line} third`;

/** What is secret says what it was given, as a server does that logs too much. */
let echo: Server;
let host: string;
beforeAll(async () => {
  echo = createServer((request, response) => {
    const given = request.headers.authorization;
    if (given === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="echo"' }).end();
      return;
    }
    const login = Buffer.from(given.replace(/^\w+ /, ''), 'base64').toString();
    const said = `${'x'.repeat(150)} no ${given}, no   ${login}\n${login} ${encodeURIComponent(login)}`;
    const errors = [{ code: 'DENIED', message: said, detail: said }];
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: said, errors }));
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => {
  echo.closeAllConnections();
  echo.close();
});

const login = () => ({ 'registry-username': 'robot', 'registry-password': line });

const runs: Array<[action: string, run: () => Promise<StepResult>]> = [
  [
    'build-push, whose registry repeats the login',
    async () => {
      await using runner = await makeBuildRunner();
      const inputs = { ...buildDefaults, ...login(), image: `${host}/shop/app`, tags: 'one' };
      return await runner.start(buildPush, inputs).done;
    },
  ],
  [
    'build-push, whose build prints its secrets',
    async () => {
      const print = 'RUN --mount=type=secret,id=key cat /run/secrets/key; exit 3';
      await using runner = await makeBuildRunner({}, `FROM node:24-bookworm-slim\n${print}\n`);
      const secrets = `key<<END\n${lines}\nEND`;
      const inputs = { ...buildDefaults, image: `${host}/shop/app`, push: 'false' };
      return await runner.start(buildPush, { ...inputs, 'build-secrets': secrets }).done;
    },
  ],
  [
    'trivy-gate, whose registry repeats the login',
    async () => {
      await using runner = await makeRunner();
      const updatedAt = new Date().toISOString();
      await writeDatabase(join(runner.workspace, 'database/db'), { updatedAt });
      // It is not asked for anything: there is no image to scan.
      const trivy = '#!/bin/sh\nexit 1\n';
      await writeFile(join(runner.temp, '../trivy'), trivy, { mode: 0o755 });
      const sha256 = createHash('sha256').update(trivy).digest('hex');
      const inputs = { ...gateDefaults, ...login(), image: `${host}/shop/app:1` };
      const env = { PATH: `${join(runner.temp, '..')}:${runner.env['PATH']}` };
      return await runner.start(trivyGate, { ...inputs, 'trivy-sha256': sha256 }, env).done;
    },
  ],
  [
    'semver-tag, whose GitHub repeats the token',
    async () => {
      await using runner = await makeRunner();
      const env = { GITHUB_API_URL: `http://${host}`, GITHUB_SERVER_URL: `http://${host}` };
      return await runner.start(semverTag, { ...semverDefaults, token: line }, env).done;
    },
  ],
  [
    'deploy-ssh, whose script prints its secrets',
    async () => {
      await using world = await makeHost();
      await mkdir(join(world.runner.workspace, 'site'));
      await writeFile(join(world.runner.workspace, 'site/index.html'), 'hello');
      const { 'health-path': _, 'health-status': __, ...inputs } = world.inputs;
      return await world.runner.start(deploySsh, {
        ...inputs,
        mode: 'release',
        source: 'site',
        secrets: `ONE=${line}\nTWO<<END\n${lines}\nEND`,
        before: `printf '%s\\n' "$ONE" "$TWO"; printf '%s\\n' "$ONE" "$TWO" >&2; exit 3`,
      }).done;
    },
  ],
];

describe('no secret is shown, however it is written', () => {
  it.each(runs)(
    'by %s',
    async (_, run) => {
      const { code, errors, log, outputs, summary } = await run();
      expect(code).toBe(1);
      const page = marked.parse(summary, { gfm: true, async: false });
      expect(seen(page)).toContain('***');
      expect(errors).toHaveLength(1);
      const shown = log.replace(/^::add-mask::.*$/gm, '');
      for (const text of [shown, summary, seen(page), JSON.stringify([errors, outputs])]) {
        expect(text).not.toMatch(/pl4nted|pl4n|second \||third/);
        expect(text).not.toContain(Buffer.from(`robot:${line}`).toString('base64').slice(12, 30));
      }
    },
    60_000,
  );
});

/** HTML as a reader sees it. */
function seen(html: string): string {
  const names: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|(lt|gt|quot|amp));/g, (_, code, name) =>
      code ? String.fromCodePoint(Number(code)) : (names[name] ?? ''),
    );
}

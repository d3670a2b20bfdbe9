import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test as anywhere, expect } from '@jest/globals';

const script = join(import.meta.dirname, 'oidc-token');
const run = promisify(execFile);
// A script of bash, for a job on Linux.
const test = process.platform === 'win32' ? anywhere.skip : anywhere;

test('the OIDC token comes into a file that nobody else reads', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end(JSON.stringify({ value: 'head.claims.signature' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const file = join(mkdtempSync(join(tmpdir(), 'oidc-token-')), 'token');
  writeFileSync(file, 'an old one', { mode: 0o644 });
  try {
    await run(script, ['sts.amazonaws.com', file], {
      env: {
        PATH: process.env['PATH'],
        ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
      },
    });
  } finally {
    server.close();
  }
  expect(asked).toEqual(['/token?api-version=2.0&audience=sts.amazonaws.com Bearer of-the-job']);
  expect(readFileSync(file, 'utf8')).toBe('head.claims.signature');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a job without the permission hears which one', async () => {
  await expect(
    run(script, ['sts.amazonaws.com', '/dev/null'], { env: { PATH: process.env['PATH'] } }),
  ).rejects.toThrow('this job lacks the permission id-token: write');
});

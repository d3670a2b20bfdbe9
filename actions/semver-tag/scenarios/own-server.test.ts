import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startWorld } from './world.ts';

/** A server of somebody else, which writes down what it is asked with. */
const asked: string[] = [];
const stranger = createServer((request, response) => {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
  response.end('[]');
});
let elsewhere = '';

beforeAll(async () => {
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const address = stranger.address();
  elsewhere = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterAll(() => void stranger.close());

async function world() {
  return await startWorld((history) => {
    history.commit('chore: start');
    history.tag('v1.0.0');
    history.commit('feat: a cart');
  });
}

it('the token goes to no other server for the next page of the tags', async () => {
  await using made = await world();
  made.github.faults.when('github-api', ({ url }) => /matching-refs/.test(url.pathname), {
    status: 200,
    headers: { link: `<${elsewhere}/page2>; rel="next"`, 'content-type': 'application/json' },
    body: '[]',
  });
  const step = await made.run();
  expect(step.code).toBe(1);
  expect(step.errors).toEqual([
    {
      title: expect.stringContaining('tag/github'),
      text: expect.stringContaining(`names another server, ${elsewhere}; nothing was sent there`),
    },
  ]);
  expect(asked).toEqual([]);
  expect(Object.keys(await made.tags())).toEqual(['v1.0.0']);
});

it('nor does a file of a release', async () => {
  await using made = await world();
  await writeFile(join(made.runner.workspace, 'SHA256SUMS'), 'sums');
  made.github.faults.when(
    'github-api',
    ({ method, url }) => method === 'POST' && /\/releases$/.test(url.pathname),
    {
      status: 201,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 1,
        tag_name: 'v1.1.0',
        name: 'v1.1.0',
        body: '',
        html_url: `${made.github.server}/octo/shop/releases/1`,
        upload_url: `${elsewhere}/assets{?name,label}`,
        draft: false,
        prerelease: false,
        assets: [],
      }),
    },
  );
  const step = await made.run({ release: 'published', assets: 'SHA256SUMS' });
  expect(step.code).toBe(1);
  expect(step.errors[0]?.text).toContain(`names another server, ${elsewhere}`);
  expect(asked).toEqual([]);
});

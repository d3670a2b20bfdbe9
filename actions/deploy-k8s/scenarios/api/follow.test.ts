import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  statusObject,
  type Written,
} from '../../../../packages/local-cloud/src/kubernetes-script/scripted-api-server.ts';
import type { LiveObjects } from '../../src/api/kubernetes-api.ts';
import {
  pod,
  podList,
  podPath,
  podsOfShop,
  type Scripting,
  signal,
  startScripting,
} from './scripted.ts';

let scripting: Scripting;

beforeEach(async () => {
  scripting = await startScripting();
});
afterEach(async () => {
  await scripting[Symbol.asyncDispose]();
});

const isWatch = ({ path }: { path: string }) =>
  path.startsWith(`${podPath}?`) && path.includes('watch=true');
const watches = () => scripting.server.requests.filter(isWatch);
const lists = () =>
  scripting.server.requests.filter((one) => one.path.startsWith(podPath) && !isWatch(one));

/** Follows the pods; the list is empty at version 10. @param scripts what watches say, in turn */
async function follow(
  ...scripts: Parameters<Scripting['server']['on']>[1][]
): Promise<LiveObjects> {
  const { api, server } = scripting;
  server.on((one) => one.path.startsWith(podPath), podList('10'));
  server.on(isWatch, ...scripts, stays);
  return api.follow(podsOfShop, signal);
}

const stays = async ({ left }: Written) => left;

/** Waits until the objects are what is expected. */
async function until(live: LiveObjects, isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    live.check();
    await live.changed(live.version, AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
  }
}

const names = (live: LiveObjects) =>
  [...live.items.values()].map(
    ({ metadata }) => JSON.stringify(metadata).match(/"name":"([^"]+)"/)?.[1],
  );

it('a watch that ends as it should goes on from the last version, that of a bookmark too', async () => {
  const live = await follow(
    async (answer) => {
      await answer.event('ADDED', pod('a', '11'));
      await answer.event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '19' } });
      answer.end();
    },
    async (answer) => {
      await answer.event('ADDED', pod('b', '20'));
      await answer.left;
    },
  );
  await until(live, () => live.items.size === 2);
  expect(names(live)).toEqual(['a', 'b']);
  expect(watches().map(({ query }) => query.get('resourceVersion'))).toEqual(['10', '19']);
  expect(watches()[0]?.query.get('allowWatchBookmarks')).toBe('true');
  expect(lists()).toHaveLength(1);
  await live[Symbol.asyncDispose]();
});

it.each<[string, (answer: Written) => Promise<void>]>([
  [
    'in an event',
    async (answer) => {
      await answer.event('ERROR', statusObject(410, 'Expired', 'too old resource version'));
      answer.end();
    },
  ],
  [
    'in pieces of two bytes',
    async (answer) => {
      const line = `${JSON.stringify({ type: 'ERROR', object: statusObject(410, 'Gone', 'zu alt ü') })}\n`;
      const bytes = Buffer.from(line);
      for (let at = 0; at < bytes.length; at += 2) await answer.raw(bytes.subarray(at, at + 2));
      answer.end();
    },
  ],
])('410 %s: listed again, and what is not there any more is gone', async (_, script) => {
  const live = await follow(async (answer) => {
    await answer.event('ADDED', pod('a', '11'));
    await script(answer);
  });
  scripting.server.on(
    (one) => one.path.startsWith(podPath) && !isWatch(one),
    podList('50', pod('b', '40')),
  );
  await until(live, () => live.items.has('uid-b'));
  expect(names(live)).toEqual(['b']);
  expect([...live.gone.keys()]).toEqual(['uid-a']);
  await live[Symbol.asyncDispose]();
});

it('410 as the status of the answer: listed again', async () => {
  const gone = { status: 410, body: statusObject(410, 'Expired', 'too old resource version') };
  const live = await follow(gone);
  scripting.server.on(
    (one) => one.path.startsWith(podPath) && !isWatch(one),
    podList('50', pod('b', '40')),
  );
  await until(live, () => live.items.has('uid-b'));
  await live[Symbol.asyncDispose]();
});

it('a connection that is cut in the middle of a line goes on from the last whole one', async () => {
  const live = await follow(
    async (answer) => {
      await answer.event('ADDED', pod('a', '11'));
      await answer.raw('{"type":"ADDED","object":{"metadata":{"name":"half');
      answer.cut();
    },
    async (answer) => {
      await answer.event('ADDED', pod('b', '12'));
      await answer.left;
    },
  );
  await until(live, () => live.items.size === 2);
  expect(watches().map(({ query }) => query.get('resourceVersion'))).toEqual(['10', '11']);
  await live[Symbol.asyncDispose]();
});

it('two events in one piece, an umlaut in two', async () => {
  const lines = [pod('a', '11'), pod('ü', '12')].map(
    (object) => `${JSON.stringify({ type: 'ADDED', object })}\n`,
  );
  const bytes = Buffer.from(lines.join(''));
  const middle = bytes.indexOf(0xbc);
  const live = await follow(async (answer) => {
    await answer.raw(bytes.subarray(0, middle));
    await answer.raw(bytes.subarray(middle));
    await answer.left;
  });
  await until(live, () => live.items.size === 2);
  expect(names(live)).toEqual(['a', 'ü']);
  await live[Symbol.asyncDispose]();
});

it('a watch that is silent for half a minute is asked for anew', async () => {
  const live = await follow(
    async (answer) => {
      await answer.event('ADDED', pod('a', '11'));
      await answer.left;
    },
    async (answer) => {
      await answer.event('ADDED', pod('b', '12'));
      await answer.left;
    },
  );
  await until(live, () => live.items.size === 2);
  expect(watches().map(({ query }) => query.get('resourceVersion'))).toEqual(['10', '11']);
  expect(live.silence).toBeLessThan(60_000);
  await live[Symbol.asyncDispose]();
});

it('a token that ends is renewed once, and nothing is listed again', async () => {
  const { server } = scripting;
  let good = 'Bearer token-1';
  server.authenticate(async (given) => (given === good ? 'deploy' : undefined));
  const live = await follow(
    async (answer) => {
      await answer.event('ADDED', pod('a', '11'));
      good = 'Bearer token-2';
      answer.end();
    },
    async (answer) => {
      await answer.event('ADDED', pod('b', '12'));
      await answer.left;
    },
  );
  await until(live, () => live.items.size === 2);
  expect(lists()).toHaveLength(1);
  await live[Symbol.asyncDispose]();
});

it('a token that is not taken any more ends it, with the words for this cluster', async () => {
  const { server } = scripting;
  const live = await follow(async (answer) => {
    server.authenticate(async () => undefined);
    answer.end();
  });
  await live.changed(live.version, signal);
  expect(() => live.check()).toThrow(
    expect.objectContaining({ code: 'k8s/unauthorized', remedy: 'Do what the test says.' }),
  );
  await live[Symbol.asyncDispose]();
});

it('a permission that is taken away ends it, and says which', async () => {
  const message =
    'pods is forbidden: User "deploy" cannot watch resource "pods" in API group "" in the namespace "shop"';
  const live = await follow(async (answer) => answer.end(), {
    status: 403,
    body: statusObject(403, 'Forbidden', message, { kind: 'pods' }),
  });
  await live.changed(live.version, signal);
  expect(() => live.check()).toThrow('deploy may not watch pods in namespace shop.');
  await live[Symbol.asyncDispose]();
});

it('a server that is away for a while, as when it is upgraded, is waited for', async () => {
  const live = await follow(
    'reset',
    'reset',
    { status: 503, body: 'upgrading' },
    async (answer) => {
      await answer.event('ADDED', pod('a', '11'));
      await answer.left;
    },
  );
  await until(live, () => live.items.size === 1);
  live.check();
  await live[Symbol.asyncDispose]();
});

it('a proxy that packs the answers', async () => {
  const { server, api } = scripting;
  const body = gzipSync(JSON.stringify(podList('10', pod('a', '9')).body));
  server.on(
    (one) => one.path.startsWith(podPath),
    async (answer) => {
      await answer.left;
    },
  );
  server.on((one) => one.path.startsWith(podPath) && !isWatch(one), {
    status: 200,
    headers: { 'content-encoding': 'gzip' },
    body,
  });
  expect((await api.list(podsOfShop, signal)).length).toBe(1);
  expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip');
});

it('pages of a list; one that has expired begins again', async () => {
  const { server, api } = scripting;
  const page = (next: string, ...items: object[]) => {
    const metadata = { resourceVersion: '10', continue: next };
    return { status: 200, body: { kind: 'PodList', metadata, items } };
  };
  const expired = {
    status: 410,
    body: statusObject(410, 'Expired', 'the continue token is too old'),
  };
  server.on(
    `GET ${podPath}`,
    page('second', pod('a', '1')),
    expired,
    page('second', pod('a', '1')),
    page('', pod('b', '2')),
  );
  const found = await api.list(podsOfShop, signal);
  expect(found).toEqual([
    { apiVersion: 'v1', kind: 'Pod', ...pod('a', '1') },
    { apiVersion: 'v1', kind: 'Pod', ...pod('b', '2') },
  ]);
  expect(server.requests.map(({ query }) => query.get('continue'))).toEqual([
    null,
    'second',
    null,
    'second',
  ]);
});

it('of two hundred pods that change, each is there as it was last', async () => {
  const live = await follow(async (answer) => {
    const filler = 'x'.repeat(8_000);
    for (let version = 1; version <= 4; version++) {
      for (let at = 0; at < 200; at++) {
        await answer.event('MODIFIED', pod(`pod-${at}`, `${version}-${at}`, { spec: { filler } }));
      }
    }
    await answer.event('ADDED', pod('last', '999'));
    await answer.left;
  });
  await until(live, () => live.items.has('uid-last'));
  expect(live.items.size).toBe(201);
  await live[Symbol.asyncDispose]();
});

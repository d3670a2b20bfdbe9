import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { jsonAnswer } from '../../src/http/exchange.ts';
import { Faults } from '../../src/http/faults.ts';
import { type Listening, serve } from '../../src/http/serve.ts';
import { ofTomorrow } from '../../src/http/variety.ts';

const value = { first: 1, list: [{ a: 'x'.repeat(5_000), b: {} }], last: null };
let served: Listening;

/** One answer whose source breaks, as that of a proxy does when its client leaves. */
let breaking = { asked: Promise.withResolvers<void>(), answered: Promise.withResolvers<void>() };

async function breakingAnswer() {
  breaking.asked.resolve();
  await breaking.answered.promise;
  const body = new Readable({ read: () => undefined });
  body.push(randomBytes(1_000));
  setImmediate(() => body.destroy(new Error('the source of the answer is gone')));
  return { status: 200, body };
}

beforeAll(async () => {
  served = await serve(
    'github',
    ({ method, url }) => {
      if (url.pathname === '/breaking') return breakingAnswer();
      return method === 'DELETE' || url.pathname === '/empty'
        ? { status: url.pathname === '/empty' ? 200 : 204, body: '' }
        : jsonAnswer(200, value);
    },
    new Faults(),
  );
});
afterAll(async () => {
  await served[Symbol.asyncDispose]();
});

async function seen(path = '/', headers = {}, method = 'GET') {
  const asked = request(served.url + path, { method, headers });
  asked.end();
  const [message]: IncomingMessage[] = await once(asked, 'response');
  if (!message) throw new Error('no answer');
  const length = (await buffer(message)).length;
  return { raw: message.rawHeaders, headers: message.headers, length };
}

const codings = (all: Awaited<ReturnType<typeof seen>>[]) =>
  new Set(all.map(({ headers }) => headers['content-encoding']));

it('is packed in each way that a client takes, and in no other', async () => {
  const times = async (accepted: object) =>
    codings(await Promise.all(Array.from({ length: 30 }, () => seen('/', accepted))));
  expect(await times({})).toEqual(new Set([undefined]));
  expect(await times({ 'accept-encoding': 'gzip;q=0' })).toEqual(new Set([undefined]));
  expect(await times({ 'accept-encoding': 'br' })).toEqual(new Set([undefined, 'br']));
  expect(await times({ 'accept-encoding': 'gzip, deflate' })).toEqual(
    new Set([undefined, 'gzip', 'x-gzip', 'GZIP', 'deflate']),
  );
});

it('comes with its length and in chunks, with names in any case and order', async () => {
  const all = await Promise.all(
    Array.from({ length: 30 }, () => seen('/', { 'accept-encoding': 'gzip' })),
  );
  expect(new Set(all.map(({ headers }) => headers['transfer-encoding']))).toEqual(
    new Set([undefined, 'chunked']),
  );
  const names = all.map(({ raw }) => raw.filter((_, index) => index % 2 === 0));
  for (const name of ['content-type', 'Content-Type', 'CONTENT-TYPE']) {
    expect(names.some((some) => some.includes(name))).toBe(true);
  }
  const first = new Set(names.map(([some]) => some?.toLowerCase()));
  expect(first).toEqual(new Set(['content-length', 'content-type', 'x-of-tomorrow']));
});

it('names a coding where there is no body', async () => {
  const accepted = { 'accept-encoding': 'gzip' };
  for (const [path, method] of [
    ['/empty', 'GET'],
    ['/', 'DELETE'],
    ['/', 'HEAD'],
  ]) {
    const all = await Promise.all(Array.from({ length: 12 }, () => seen(path, accepted, method)));
    expect(codings(all)).toEqual(new Set([undefined, 'gzip', 'x-gzip', 'GZIP']));
    expect(all.every(({ length }) => length === 0)).toBe(true);
  }
});

it('says the same each time, and more than a client knows of', async () => {
  for (let time = 0; time < 12; time += 1) {
    const answer = await fetch(served.url);
    const text = await answer.text();
    expect(Object.keys(JSON.parse(text))).toEqual(['of_tomorrow', 'last', 'list', 'first']);
    expect(JSON.parse(text)).toEqual({
      ...value,
      list: [{ a: 'x'.repeat(5_000), b: ofTomorrow, ...ofTomorrow }],
      ...ofTomorrow,
    });
  }
});

it.each(['gzip', 'deflate', 'br', 'identity'])(
  'survives a client that leaves before the answer in %s, which then breaks',
  async (accepted) => {
    const headers = { 'accept-encoding': accepted };
    for (let time = 0; time < 12; time += 1) {
      breaking = { asked: Promise.withResolvers(), answered: Promise.withResolvers() };
      const asked = request(`${served.url}/breaking`, { headers });
      asked.on('error', () => undefined).end();
      await breaking.asked.promise;
      asked.destroy();
      // The server has seen that the client left when it answers another one.
      await seen();
      breaking.answered.resolve();
      await seen();
    }
    expect((await seen('/', headers)).headers).toHaveProperty('x-of-tomorrow');
  },
);

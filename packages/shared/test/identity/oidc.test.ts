import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { requestIdToken } from '../../src/identity/oidc.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.reset());
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const ask = () => requestIdToken('sts.amazonaws.com', world.means);

describe('without the permission', () => {
  test.each([
    ['ACTIONS_ID_TOKEN_REQUEST_URL', undefined],
    ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', undefined],
    ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', ''],
    ['ACTIONS_ID_TOKEN_REQUEST_URL', 'no address'],
  ])('%s is %j', async (name, value) => {
    const means = { ...world.means, env: { ...world.means.env, [name]: value } };
    const failure = await world.failure(requestIdToken('x', means));
    expect(failure.code).toBe('identity/no-oidc');
    expect(failure.remedy).toContain('permissions: { id-token: write }');
    expect(world.asked).toEqual([]);
  });
});

test('a token for the audience, masked before anybody has it', async () => {
  const token = await ask();
  expect(token).toMatchObject({
    subject: 'repo:org/app:ref:refs/heads/main',
    audience: 'sts.amazonaws.com',
  });
  expect(world.masked).toEqual([world.means.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'], token.value]);
  world.expectMaskedBeforeUse();
});

test('an audience with characters that mean something in a URL', async () => {
  const token = await requestIdToken('api://Exchange?a=b&c=d e', world.means);
  const claims = Buffer.from(token.value.split('.')[1] ?? '', 'base64url').toString();
  expect(JSON.parse(claims)).toMatchObject({ aud: 'api://Exchange?a=b&c=d e' });
});

describe('a passing fault is tried again', () => {
  test.each([
    ['503', { status: 503 }],
    ['429', { status: 429 }],
    ['a reset connection', 'reset' as const],
    ['silence', 'slow' as const],
  ])('%s', async (_, fault) => {
    world.cloud.faults.next('id-token', fault);
    await expect(ask()).resolves.toMatchObject({ audience: 'sts.amazonaws.com' });
    expect(world.asked).toHaveLength(2);
  });

  test('with growing pauses', async () => {
    world.cloud.faults.next('id-token', { status: 500 }, { status: 502 }, { status: 503 });
    await ask();
    const [first = 0, second = 0, third = 0] = world.pauses;
    expect(first).toBeLessThan(second);
    expect(second).toBeLessThan(third);
  });

  test('after the pause that the service asks for', async () => {
    world.cloud.faults.next('id-token', { status: 429, headers: { 'retry-after': '7' } });
    await ask();
    expect(world.pauses).toEqual([7_000]);
  });
});

test('a fault that stays is named in the end', async () => {
  const down = async () => new Response('upstream connect error', { status: 503 });
  const failure = await world.failure(requestIdToken('x', { ...world.means, fetch: down }));
  expect(failure.code).toBe('identity/unavailable');
  expect(failure.message).toBe("GitHub's OIDC service gave no usable answer: HTTP 503.");
  expect(world.pauses.reduce((sum, pause) => sum + pause)).toBeLessThan(20_000);
});

test('a lost network is named by its code', async () => {
  const closed = await startWorld();
  await closed[Symbol.asyncDispose]();
  const { ACTIONS_ID_TOKEN_REQUEST_URL } = closed.means.env;
  const env = { ...world.means.env, ACTIONS_ID_TOKEN_REQUEST_URL };
  const failure = await world.failure(requestIdToken('x', { ...world.means, env }));
  expect(failure.message).toMatch(/ no usable answer: ECONNREFUSED\.$/);
});

test('a refusal is not tried again', async () => {
  const env = { ...world.means.env, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-another-run' };
  const failure = await world.failure(requestIdToken('x', { ...world.means, env }));
  expect(failure.message).toContain('HTTP 401');
  expect(world.asked).toHaveLength(1);
});

test('the bearer token follows no redirect', async () => {
  const elsewhere = { status: 302, headers: { location: `http://${world.cloud.azure.acrHost}/` } };
  world.cloud.faults.next('id-token', elsewhere);
  expect((await world.failure(ask())).code).toBe('identity/unavailable');
});

describe('an answer that is no token', () => {
  const payload = Buffer.from('{"sub":"planted-secret"}').toString('base64url');
  test.each([
    ['no JSON', 'planted-secret'],
    ['cut JSON', '{"value":"planted-secret'],
    ['null', 'null'],
    ['a list', '["planted-secret"]'],
    ['nothing in it', '{}'],
    ['a number', '{"value":7}'],
    ['an empty token', '{"value":""}'],
    ['no JWT', '{"value":"planted-secret"}'],
    ['a JWT of garbage', '{"value":"a.planted-secret.c"}'],
    ['a JWT without issuer', `{"value":"a.${payload}.c"}`],
  ])('%s', async (_, body) => {
    world.cloud.faults.next('id-token', { status: 200, body });
    const failure = await world.failure(ask());
    expect(failure.code).toBe('identity/unavailable');
    expect(failure.message).not.toContain('planted');
  });
});

test('cancelling ends it with the reason of the cancellation', async () => {
  const signal = AbortSignal.abort(new Error('cancelled by SIGTERM'));
  const work = requestIdToken('x', { ...world.means, signal });
  await expect(work).rejects.toThrow('cancelled by SIGTERM');
});

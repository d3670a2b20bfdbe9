import { describe, expect, it } from '@jest/globals';
import { proxyEnvironment, readProxies } from '../../src/http/proxy.ts';

const basic = (words: string) => `Basic ${Buffer.from(words).toString('base64')}`;

describe('the proxy in a variable', () => {
  it.each<[string, object]>([
    ['proxy.corp:3128', { origin: 'http://proxy.corp:3128' }],
    ['proxy.corp', { origin: 'http://proxy.corp' }],
    [' http://proxy.corp:3128/ ', { origin: 'http://proxy.corp:3128' }],
    ['HTTPS://proxy.corp', { origin: 'https://proxy.corp' }],
    ['[::1]:3128', { origin: 'http://[::1]:3128' }],
    ['me:word@proxy.corp:1', { origin: 'http://proxy.corp:1', authorization: basic('me:word') }],
    ['http://me:p%40ss@p', { origin: 'http://p', authorization: basic('me:p@ss') }],
    ['http://me:p@ss@p', { origin: 'http://p', authorization: basic('me:p@ss') }],
    ['http://me:100%@p', { origin: 'http://p', authorization: basic('me:100%') }],
    ['http://token@p', { origin: 'http://p', authorization: basic('token:') }],
  ])('%s', (given, proxy) => {
    expect(readProxies({ HTTPS_PROXY: given }, () => undefined)?.https).toEqual(proxy);
  });

  it.each(['no address', 'socks5://p:1080', 'ftp://p', 'http://', 'http://p/path', 'p:port'])(
    '%s is none',
    (given) => {
      expect(() => readProxies({ https_proxy: given }, () => undefined)).toThrow(
        /^https_proxy is not the address of an HTTP proxy/,
      );
    },
  );

  it('nothing of what cannot be read is said, and a password is masked', () => {
    expect(() => readProxies({ HTTP_PROXY: 'socks5://me:word@p' }, () => undefined)).toThrow(
      'HTTP_PROXY is not the address of an HTTP proxy (socks5://).',
    );
    const masked: string[] = [];
    readProxies({ HTTP_PROXY: 'me:p%40ss@p' }, (secret) => masked.push(secret));
    expect(masked).toEqual(expect.arrayContaining(['p%40ss', 'p@ss']));
  });
});

it('the clients of AWS get the addresses with their scheme', () => {
  const given = { HTTPS_PROXY: 'p:1', http_proxy: 'https://q', NO_PROXY: 'x', https_proxy: '' };
  expect(proxyEnvironment(given)).toEqual({ ...given, HTTPS_PROXY: 'http://p:1' });
});

it.each<[Record<string, string>, object | undefined]>([
  [{}, undefined],
  [{ HTTP_PROXY: '', https_proxy: ' ' }, undefined],
  [{ ALL_PROXY: 'http://p' }, undefined],
  [
    { http_proxy: 'a', HTTP_PROXY: 'b' },
    { http: { origin: 'http://a' }, noProxy: '' },
  ],
  [{ https_proxy: 'a' }, { https: { origin: 'http://a' }, noProxy: '' }],
  [
    { HTTP_PROXY: 'a', NO_PROXY: 'corp.example, .x  ::1,[::2]:8' },
    { http: { origin: 'http://a' }, noProxy: 'corp.example,.x,[::1],[::2]:8' },
  ],
  [
    { HTTP_PROXY: 'a', no_proxy: 'x,*' },
    { http: { origin: 'http://a' }, noProxy: '*' },
  ],
])('%j', (env, proxies) => {
  expect(readProxies(env, () => undefined)).toEqual(proxies);
});

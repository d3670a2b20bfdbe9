import { describe, expect, it } from '@jest/globals';
import { addressOf } from '../../src/image/address.ts';
import { InvalidReference } from '../../src/image/reference.ts';

describe('addressOf', () => {
  it.each<[string, boolean | undefined, string]>([
    ['ghcr.io', undefined, 'https://ghcr.io'],
    ['ghcr.io:443', undefined, 'https://ghcr.io'],
    ['docker.io', undefined, 'https://registry-1.docker.io'],
    ['index.docker.io', undefined, 'https://registry-1.docker.io'],
    ['localhost:5000', undefined, 'http://localhost:5000'],
    ['127.0.0.1:5000', undefined, 'http://127.0.0.1:5000'],
    ['127.8.9.1', undefined, 'http://127.8.9.1'],
    ['[::1]:5000', undefined, 'http://[::1]:5000'],
    ['localhost:5000', false, 'https://localhost:5000'],
    ['10.0.0.7:5000', undefined, 'https://10.0.0.7:5000'],
    ['10.0.0.7:5000', true, 'http://10.0.0.7:5000'],
    ['127.0.0.1.example.com', undefined, 'https://127.0.0.1.example.com'],
    ['localhost.example.com', undefined, 'https://localhost.example.com'],
  ])('%s, plainHttp %s', (registry, plainHttp, origin) => {
    expect(addressOf(registry, plainHttp).origin).toBe(origin);
  });

  it.each(['', 'ghcr.io/acme', 'me:pw@ghcr.io', 'https://ghcr.io', 'a b'])('refuses %j', (text) => {
    expect(() => addressOf(text, undefined)).toThrow(InvalidReference);
  });

  it.each<[string, boolean | undefined, string, boolean]>([
    ['ghcr.io', undefined, 'https://storage.example.com/blob', true],
    ['ghcr.io', undefined, 'http://ghcr.io/token', false],
    ['ghcr.io', undefined, 'http://127.0.0.1/token', false],
    ['ghcr.io', undefined, 'http://169.254.169.254/', false],
    ['ghcr.io', undefined, 'file:///etc/passwd', false],
    ['localhost:5000', undefined, 'http://127.0.0.1:5001/token', true],
    ['localhost:5000', undefined, 'http://auth.example.com/token', false],
    ['10.0.0.7:5000', true, 'http://10.0.0.7:5001/token', true],
    ['10.0.0.7:5000', true, 'http://10.0.0.8:5001/token', false],
    ['10.0.0.7:5000', true, 'http://127.0.0.1/token', false],
  ])('%s (plainHttp %s) may lead to %s: %s', (registry, plainHttp, url, may) => {
    expect(addressOf(registry, plainHttp).permits(new URL(url))).toBe(may);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../src/settings.ts';

const MANIFEST = { name: 'example-app', version: '1.0.0' };
const DEFAULTS = {
  port: 3000,
  host: '0.0.0.0',
  environment: 'production',
  logLevel: 'info',
  shutdownDelayMs: 0,
  shutdownTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  checkTimeoutMs: 1000,
  rateLimit: 0,
  trustProxy: 0,
  databaseUrl: undefined,
  redisUrl: undefined,
  release: { name: 'example-app', version: '1.0.0', commit: 'unknown' },
};

describe('readSettings', () => {
  it.each([
    ['unset', {}],
    ['empty', { PORT: '', HOST: '', APP_VERSION: '', RATE_LIMIT: '', DATABASE_URL: '' }],
  ])('falls back to the defaults when variables are %s', (_, env) => {
    expect(readSettings(env, MANIFEST)).toEqual(DEFAULTS);
  });

  it('reads every variable', () => {
    const env = {
      PORT: '8080',
      HOST: '::1',
      ENVIRONMENT: 'staging',
      LOG_LEVEL: 'debug',
      SHUTDOWN_DELAY_MS: '5000',
      SHUTDOWN_TIMEOUT_MS: '500',
      REQUEST_TIMEOUT_MS: '2000',
      CHECK_TIMEOUT_MS: '250',
      RATE_LIMIT: '600',
      TRUST_PROXY: '2',
      DATABASE_URL: 'postgres://app@db/app',
      REDIS_URL: 'rediss://cache',
      APP_VERSION: '2.3.4',
      APP_COMMIT: 'abc1234',
    };
    expect(readSettings(env, MANIFEST)).toEqual({
      port: 8080,
      host: '::1',
      environment: 'staging',
      logLevel: 'debug',
      shutdownDelayMs: 5000,
      shutdownTimeoutMs: 500,
      requestTimeoutMs: 2000,
      checkTimeoutMs: 250,
      rateLimit: 600,
      trustProxy: 2,
      databaseUrl: 'postgres://app@db/app',
      redisUrl: 'rediss://cache',
      release: { name: 'example-app', version: '2.3.4', commit: 'abc1234' },
    });
  });

  it.each(['abc', '65536', '-1', '80.5', '0x50', '1e3', ' 80'])('refuses PORT=%s', (port) => {
    expect(() => readSettings({ PORT: port }, MANIFEST)).toThrow(
      `PORT: "${port}" is not a whole number from 0 to 65535, for example PORT=3000`,
    );
  });

  it('names all that is wrong at once', () => {
    const env = { PORT: 'abc', LOG_LEVEL: 'loud', SHUTDOWN_TIMEOUT_MS: '10s' };
    expect(() => readSettings(env, MANIFEST)).toThrow(/^PORT: .*\nLOG_LEVEL: .*\nSHUTDOWN_.*$/);
  });

  it.each([
    ['DATABASE_URL', 'hunter2', 'postgresql:// or postgres://'],
    ['DATABASE_URL', 'mysql://app:hunter2@db/app', 'postgresql:// or postgres://'],
    ['REDIS_URL', '//:hunter2@cache', 'redis:// or rediss://'],
  ])('refuses %s=%s without showing it', (name, value, schemes) => {
    const read = () => readSettings({ [name]: value }, MANIFEST);
    expect(read).toThrow(`${name}: not an address with ${schemes} `);
    expect(read).not.toThrow('hunter2');
  });
});

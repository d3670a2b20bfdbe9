import { describe, expect, it } from '@jest/globals';
import { readSettings } from '../src/settings.ts';

const MANIFEST = { name: 'example-app', version: '1.0.0' };
const DEFAULTS = {
  port: 3000,
  host: '0.0.0.0',
  environment: 'production',
  logLevel: 'info',
  shutdownTimeoutMs: 10_000,
  release: { name: 'example-app', version: '1.0.0', commit: 'unknown' },
};

describe('readSettings', () => {
  it.each([
    ['unset', {}],
    ['empty', { PORT: '', HOST: '', ENVIRONMENT: '', APP_VERSION: '', APP_COMMIT: '' }],
  ])('falls back to the defaults when variables are %s', (_, env) => {
    expect(readSettings(env, MANIFEST)).toEqual(DEFAULTS);
  });

  it('reads every variable', () => {
    const env = {
      PORT: '8080',
      HOST: '::1',
      ENVIRONMENT: 'staging',
      LOG_LEVEL: 'debug',
      SHUTDOWN_TIMEOUT_MS: '500',
      APP_VERSION: '2.3.4',
      APP_COMMIT: 'abc1234',
    };
    expect(readSettings(env, MANIFEST)).toEqual({
      port: 8080,
      host: '::1',
      environment: 'staging',
      logLevel: 'debug',
      shutdownTimeoutMs: 500,
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
});

import { expect, it } from '@jest/globals';
import { environment } from '../src/git/run-git.ts';

const of = (env: Record<string, string>) =>
  environment({
    folder: '/tmp/own',
    url: 'https://ghes.example/octo/shop.git',
    token: 'secret',
    env,
    signal: new AbortController().signal,
  });

it.each<[string, Record<string, string>, Record<string, string | undefined>]>([
  [
    'keeps whom a server with a private authority is trusted by',
    { GIT_SSL_CAINFO: '/etc/ca.pem', GIT_SSL_CAPATH: '/etc/ca' },
    { GIT_SSL_CAINFO: '/etc/ca.pem', GIT_SSL_CAPATH: '/etc/ca' },
  ],
  [
    'keeps the way out',
    { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'ghes.example', PATH: '/bin' },
    { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'ghes.example', PATH: '/bin' },
  ],
  [
    'takes nothing else that git listens to',
    {
      GIT_SSL_NO_VERIFY: '1',
      GIT_SSH_COMMAND: 'evil',
      GIT_TEMPLATE_DIR: '/evil',
      GIT_CONFIG_PARAMETERS: "'http.proxy=evil'",
      GIT_CONFIG_GLOBAL: '/evil',
      GIT_ASKPASS: 'evil',
      SSH_ASKPASS: 'evil',
      SSH_AUTH_SOCK: '/evil',
      HOME: '/home/evil',
      XDG_CONFIG_HOME: '/home/evil',
      INPUT_TOKEN: 'secret',
    },
    {
      GIT_SSL_NO_VERIFY: undefined,
      GIT_SSH_COMMAND: undefined,
      GIT_TEMPLATE_DIR: undefined,
      GIT_CONFIG_PARAMETERS: undefined,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_ASKPASS: '',
      SSH_ASKPASS: undefined,
      SSH_AUTH_SOCK: undefined,
      HOME: '/tmp/own',
      XDG_CONFIG_HOME: '/tmp/own',
      INPUT_TOKEN: undefined,
    },
  ],
])('%s', (_, env, expected) => {
  const got = of(env);
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, got[name]]))).toEqual(
    expected,
  );
});

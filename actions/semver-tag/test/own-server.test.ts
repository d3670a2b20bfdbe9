import { expect, it } from '@jest/globals';
import { isOwnServer } from '../src/github/own-server.ts';

it.each<[string, string, boolean]>([
  ['https://api.github.com', 'https://api.github.com/repositories/1/tags?page=2', true],
  ['https://api.github.com', 'https://uploads.github.com/repos/o/a/releases/1/assets', true],
  ['https://api.octocorp.ghe.com', 'https://uploads.octocorp.ghe.com/repos/o/a', true],
  ['https://ghes.example/api/v3', 'https://ghes.example/api/uploads/repos/o/a', true],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3000/uploads/repos/o/a', true],
  ['https://api.github.com', 'http://api.github.com/repositories/1', false],
  ['https://api.github.com', 'https://uploads.github.com.evil.example/', false],
  ['https://api.github.com', 'https://api.github.com@evil.example/', false],
  ['https://ghes.example/api/v3', 'https://uploads.ghes.example/', false],
  ['http://127.0.0.1:3000', 'http://127.0.0.1:3001/', false],
  ['https://api.github.com', 'no address', false],
])('of %s: %s is its own: %s', (restUrl, address, own) => {
  expect(isOwnServer(address, restUrl)).toBe(own);
});

import { describe, expect, it } from '@jest/globals';
import { hideSecrets } from '../src/hide.ts';

const hide = (secrets: Record<string, string>, password?: string) =>
  hideSecrets({
    'build-secrets': new Map(Object.entries(secrets)),
    'registry-password': password,
  });

describe('hideSecrets', () => {
  it.each([
    ['a password', {}, 'p4ssword', 'login with p4ssword', 'login with ***'],
    ['a longer one first', { a: 'abcd', b: 'abcdef' }, undefined, 'abcdef abcd', '*** ***'],
    ['each line of several', { a: 'first\nsecond' }, undefined, '> second', '> ***'],
    ['patterns as text', { a: '$&.*' }, undefined, 'a $&.* b', 'a *** b'],
    ['nothing short', { a: 'abc' }, undefined, 'abc', 'abc'],
  ])('hides %s', (_, secrets, password, text, shown) => {
    expect(hide(secrets, password)(text)).toBe(shown);
  });
});

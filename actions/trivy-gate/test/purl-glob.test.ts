import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePurlGlob } from '../src/policy/purl-glob.ts';

const lodash = 'pkg:npm/lodash@4.17.20';
const scoped = 'pkg:npm/%40acme/web-ui@1.0.0';
const openssl = 'pkg:deb/debian/openssl@1%3A3.0.1-1?arch=amd64&distro=debian-13';

describe('a purl glob', () => {
  it.each([
    ['pkg:npm/lodash', lodash, true],
    ['pkg:npm/lodash@*', lodash, true],
    ['pkg:npm/lodash@4.17.20', lodash, true],
    ['pkg:npm/lodash@4.17.2', lodash, false],
    ['pkg:npm/lodash@4.*', lodash, true],
    ['pkg:npm/lodash@5.*', lodash, false],
    ['pkg:npm/lod*', lodash, true],
    ['pkg:npm/*', lodash, true],
    ['pkg:npm/*', scoped, false],
    ['pkg:npm/lo.ash', lodash, false],
    ['pkg:pypi/lodash', lodash, false],
    ['pkg:npm/%40acme/*', scoped, true],
    ['pkg:npm/@acme/web-*', scoped, true],
    ['pkg:npm/@other/*', scoped, false],
    ['pkg:deb/debian/openssl', openssl, true],
    ['pkg:deb/debian/openssl@1:3.*', openssl, true],
    ['pkg:deb/*/openssl', openssl, true],
    ['pkg:deb/openssl', openssl, false],
    ['pkg:deb/debian/openssl?arch=amd64', openssl, true],
    ['pkg:deb/debian/openssl?arch=arm64', openssl, false],
    ['pkg:pypi/Foo_Bar', 'pkg:pypi/foo-bar@1', true],
    ['pkg:npm/lodash', 'lodash', false],
    ['pkg:npm/lodash', 'pkg:npm/lodash%', false],
  ])('%s on %s: %p', (glob, purl, expected) => {
    expect(parsePurlGlob(glob).matches(purl)).toBe(expected);
  });

  it.each(['', 'lodash', 'npm/lodash', 'pkg:npm', 'pkg:npm/', 'pkg:*/lodash', 'pkg:swift/foo'])(
    '%j is none',
    (text) => {
      expect(() => parsePurlGlob(text)).toThrow();
    },
  );

  it('matches itself, and everything when name and version are a star', () => {
    const word = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(word, word, (name, version) => {
        const purl = `pkg:npm/${name}@${version}`;
        expect(parsePurlGlob(purl).matches(purl)).toBe(true);
        expect(parsePurlGlob('pkg:npm/*@*').matches(purl)).toBe(true);
        expect(parsePurlGlob(`pkg:npm/${name}x`).matches(purl)).toBe(false);
      }),
    );
  });
});

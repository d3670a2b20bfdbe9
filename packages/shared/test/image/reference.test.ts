import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../../../local-cloud/src/any-character.ts';
import {
  formatReference,
  type ImageReference,
  InvalidReference,
  isDigest,
  isTag,
  parseReference,
  repositoryName,
} from '../../src/image/reference.ts';

const a64 = 'a'.repeat(64);
const d64 = `sha256:${a64}`;
const d128 = `sha512:${'a'.repeat(128)}`;
const t128 = 't'.repeat(128);
const a255 = 'a'.repeat(255);

function refused(text: string): InvalidReference {
  try {
    parseReference(text);
  } catch (error) {
    if (error instanceof InvalidReference) return error;
    throw error;
  }
  throw new Error(`${text} was taken for a reference`);
}

describe('parseReference', () => {
  it.each<[string, ImageReference]>([
    ['node', { registry: 'docker.io', repository: 'library/node' }],
    ['node:24', { registry: 'docker.io', repository: 'library/node', tag: '24' }],
    ['acme/app', { registry: 'docker.io', repository: 'acme/app' }],
    ['docker.io/node', { registry: 'docker.io', repository: 'library/node' }],
    ['docker.io/acme/app:1', { registry: 'docker.io', repository: 'acme/app', tag: '1' }],
    ['index.docker.io/node', { registry: 'docker.io', repository: 'library/node' }],
    ['ghcr.io/acme/app:1.4.2', { registry: 'ghcr.io', repository: 'acme/app', tag: '1.4.2' }],
    ['GHCR.io/acme/app', { registry: 'ghcr.io', repository: 'acme/app' }],
    ['ghcr.io/app:V1_x.y-Z', { registry: 'ghcr.io', repository: 'app', tag: 'V1_x.y-Z' }],
    [`ghcr.io/app@${d64}`, { registry: 'ghcr.io', repository: 'app', digest: d64 }],
    [`ghcr.io/app@${d128}`, { registry: 'ghcr.io', repository: 'app', digest: d128 }],
    [`ghcr.io/app:1@${d64}`, { registry: 'ghcr.io', repository: 'app', tag: '1', digest: d64 }],
    ['localhost/app', { registry: 'localhost', repository: 'app' }],
    ['localhost:5000/app:1', { registry: 'localhost:5000', repository: 'app', tag: '1' }],
    ['127.0.0.1:5000/a/b/c', { registry: '127.0.0.1:5000', repository: 'a/b/c' }],
    ['[::1]:5000/app:1', { registry: '[::1]:5000', repository: 'app', tag: '1' }],
    ['[2001:db8::1]/app', { registry: '[2001:db8::1]', repository: 'app' }],
    ['test:5000/app', { registry: 'test:5000', repository: 'app' }],
    ['test.com:5000', { registry: 'docker.io', repository: 'library/test.com', tag: '5000' }],
    ['localhost:5000', { registry: 'docker.io', repository: 'library/localhost', tag: '5000' }],
    ['foo/f_b.com:80', { registry: 'docker.io', repository: 'foo/f_b.com', tag: '80' }],
    ['xn--n3h.com/my__x--y', { registry: 'xn--n3h.com', repository: 'my__x--y' }],
    [`ghcr.io/app:${t128}`, { registry: 'ghcr.io', repository: 'app', tag: t128 }],
    [`ghcr.io/${a255}`, { registry: 'ghcr.io', repository: a255 }],
  ])('%s', (text, wanted) => {
    expect(parseReference(text)).toStrictEqual(wanted);
  });

  it.each([
    ['', 'is empty'],
    [' ghcr.io/acme/app', 'has white space in it'],
    ['ghcr.io/acme/app\n', 'has white space in it'],
    ['ghcr.io/acme/\u0007app', 'has control characters in it'],
    ['https://ghcr.io/acme/app', 'starts with a scheme, which does not belong here'],
    ['docker://node', 'starts with a scheme, which does not belong here'],
    [a64, 'is the id of an image on one machine, not a name'],
    ['ghcr.io/Acme/app', 'has upper case letters in its repository'],
    ['Acme/app', 'has upper case letters in its repository'],
    ['Node:24', 'has upper case letters in its repository'],
    [`ghcr.io/${'a'.repeat(256)}`, 'has a repository of more than 255 characters'],
    [`ghcr.io/${'a/'.repeat(128)}a:tag`, 'has a repository of more than 255 characters'],
    ['ghcr.io/', 'has no repository'],
    [':justtag', 'has no repository'],
    [`@${d64}`, 'has no repository'],
    ['ghcr.io//app', /has a repository that is not made of/],
    ['ghcr.io/acme/app/', /has a repository that is not made of/],
    ['ghcr.io/acme/-app', /has a repository that is not made of/],
    ['ghcr.io/acme/a___b', /has a repository that is not made of/],
    ['ghcr.io/acme/a..b', /has a repository that is not made of/],
    ['ghcr.io/../app', /has a repository that is not made of/],
    ['aa/asdf$$^/aa', /has a repository that is not made of/],
    ['ghcr.io/acme/café', /has a repository that is not made of/],
    ['-bad-.io/app', /no valid host/],
    ['ghcr.io:99999/app', /no valid host/],
    ['ghcr.io:/app', /no valid host/],
    ['1.2.3.999/app', /no valid host/],
    ['[:::]/app', /no valid host/],
    ['[fe80::1%eth0]:5000/app', /no valid host/],
    ['/app', /has a repository that is not made of/],
    [`ghcr.io/app:${'t'.repeat(129)}`, 'has a tag of more than 128 characters'],
    ['ghcr.io/app:', /has a tag that is not made of/],
    ['ghcr.io/app:-weird', /has a tag that is not made of/],
    ['ghcr.io/app:.dot', /has a tag that is not made of/],
    ['ghcr.io/app:feature/x', /has a tag that is not made of/],
    ['ghcr.io/app:1:2', /has a tag that is not made of/],
    ['ghcr.io/app@', /has no digest after its "@"/],
    ['ghcr.io/app@sha256:abc', /has no digest after its "@"/],
    [`ghcr.io/app@sha256:${'A'.repeat(64)}`, /has no digest after its "@"/],
    [`ghcr.io/app@md5:${'a'.repeat(32)}`, /has no digest after its "@"/],
    [`ghcr.io/app@${d64}@${d64}`, /has no digest after its "@"/],
  ])('%j is refused', (text, wrong) => {
    const error = refused(text);
    expect(error.wrong).toMatch(wrong);
    expect(error.message).toContain(`${error.wrong}; valid: ${error.example}`);
  });

  it('never repeats what may be a password', () => {
    expect(refused('https://me:hunter2@ghcr.io/app').message).not.toContain('hunter2');
    expect(refused('me:hunter2@ghcr.io/app').message).not.toContain('hunter2');
  });

  it('gives examples that are references themselves', () => {
    for (const text of ['', 'x@y'])
      expect(() => parseReference(refused(text).example)).not.toThrow();
  });

  it('refuses a text of 10 MB at once', () => {
    expect(refused('a-'.repeat(5_000_000)).message.length).toBeLessThan(300);
  });
});

describe('formatReference', () => {
  it.each([
    ['node:24', 'docker.io/library/node:24'],
    ['ghcr.io/acme/app', 'ghcr.io/acme/app'],
    [`acme/app:1@${d64}`, `docker.io/acme/app:1@${d64}`],
  ])('%s', (text, full) => {
    expect(formatReference(parseReference(text))).toBe(full);
  });

  test('repositoryName leaves tag and digest out', () => {
    expect(repositoryName(parseReference(`node:24@${d64}`))).toBe('docker.io/library/node');
  });
});

test.each([
  ['1.4.2', true],
  ['_x', true],
  [t128, true],
  ['t'.repeat(129), false],
  ['-x', false],
  ['.x', false],
  ['a/b', false],
  ['a\n', false],
  ['', false],
])('isTag(%j) is %j', (text, is) => {
  expect(isTag(text)).toBe(is);
});

test.each([
  [d64, true],
  [d128, true],
  [`sha256:${a64}${a64}`, false],
  [`sha384:${'a'.repeat(96)}`, false],
  [`sha256:${a64}\n`, false],
  ['latest', false],
])('isDigest(%j) is %j', (text, is) => {
  expect(isDigest(text)).toBe(is);
});

const chars = (all: string) => fc.constantFrom(...all);
const lower = 'abcxyz0123456789';
const component = fc
  .tuple(
    fc.string({ unit: chars(lower), minLength: 1, maxLength: 6 }),
    fc.array(
      fc.tuple(
        fc.constantFrom('.', '_', '__', '-', '---'),
        fc.string({ unit: chars(lower), minLength: 1, maxLength: 6 }),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([first, rest]) => first + rest.flat().join(''));
const hex = (length: number) =>
  fc.string({ unit: chars('0123456789abcdef'), minLength: length, maxLength: length });
const reference: fc.Arbitrary<ImageReference> = fc
  .record(
    {
      registry: fc.constantFrom(
        'docker.io',
        'ghcr.io',
        'localhost',
        'localhost:5000',
        '127.0.0.1:5000',
        '[::1]:5000',
        'a-b.example.com:443',
      ),
      path: fc.array(component, { minLength: 2, maxLength: 4 }),
      tag: fc.stringMatching(/^\w[\w.-]{0,127}$/),
      digest: fc.oneof(
        hex(64).map((text) => `sha256:${text}`),
        hex(128).map((text) => `sha512:${text}`),
      ),
    },
    { requiredKeys: ['registry', 'path'] },
  )
  .map(({ path, ...rest }) => ({ ...rest, repository: path.join('/') }));

describe('properties', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(reference, (ref) => {
        expect(parseReference(formatReference(ref))).toStrictEqual(ref);
        expect(formatReference(parseReference(formatReference(ref)))).toBe(formatReference(ref));
      }),
    );
  });

  it('answers 10,000 texts with a reference in full or InvalidReference', () => {
    const near = fc.string({ unit: chars('aA0.:/@_-[]% \n\u0000é'), maxLength: 80 });
    const bent = fc.tuple(reference, near, fc.nat()).map(([ref, noise, at]) => {
      const text = formatReference(ref);
      const cut = at % text.length;
      return text.slice(0, cut) + noise + text.slice(cut);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCharacter }), near, bent), (text) => {
        let full: string;
        try {
          full = formatReference(parseReference(text));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidReference);
          return;
        }
        expect(formatReference(parseReference(full))).toBe(full);
      }),
      { numRuns: 10_000 },
    );
  });
});

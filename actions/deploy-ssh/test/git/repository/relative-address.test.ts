import { describe, expect, it } from '@jest/globals';
import { relativeAddress } from '../../../src/git/repository/relative-address.ts';

describe('the address of a submodule', () => {
  it.each([
    ['https://github.com/octo/shop', 'https://example.com/lib', 'https://example.com/lib'],
    ['https://github.com/octo/shop', '../lib', 'https://github.com/octo/lib'],
    ['https://github.com/octo/shop.git/', '../lib.git', 'https://github.com/octo/lib.git'],
    ['https://github.com/octo/shop', '../../other/lib/', 'https://github.com/other/lib'],
    ['https://github.com/octo/shop', './lib', 'https://github.com/octo/shop/lib'],
    ['https://github.com/octo/shop', '.././../lib', 'https://github.com/lib'],
    ['https://github.com/octo/shop', '../../../lib', undefined],
    ['https://github.com/octo/shop', '.../lib', '.../lib'],
    ['ssh://git@host:2222/octo/shop', '../lib', 'ssh://git@host:2222/octo/lib'],
    ['ssh://git@host:2222/octo/shop', '../../../lib', undefined],
    ['git@host:octo/shop.git', '../lib.git', 'git@host:octo/lib.git'],
    ['git@host:octo/shop.git', '../../lib.git', 'git@host:lib.git'],
    ['git@host:shop.git', '../lib.git', 'git@host:lib.git'],
    ['git@host:shop.git', '../../lib.git', undefined],
    ['file:///srv/git/shop.git', '../lib.git', 'file:///srv/git/lib.git'],
  ])('of %s, recorded as %s, is %s', (base, url, address) => {
    expect(relativeAddress(base, url)).toBe(address);
  });
});

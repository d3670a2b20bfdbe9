import { describe, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import fc from 'fast-check';
import { overHttps } from '../../../src/git/repository/over-https.ts';
import { repositoryAddress } from '../../../src/git/repository/repository.ts';

const ssh = (host: string, port = 22) => ({ kind: 'ssh', host, port });
const https = (origin: string) => ({ kind: 'https', origin });

describe('the address of a repository', () => {
  it.each([
    ['https://github.com/octo/shop', https('https://github.com')],
    ['https://GitHub.com:443/octo/shop.git/', https('https://github.com')],
    ['HTTPS://git.example.com:8443/shop', https('https://git.example.com:8443')],
    ['https://git.example.com/a/@scope/shop', https('https://git.example.com')],
    ['ssh://git@github.com/octo/shop.git', ssh('github.com')],
    ['ssh://git@git.example.com:2222/~me/shop', ssh('git.example.com', 2222)],
    ['ssh://git.example.com/srv/my shop.git', ssh('git.example.com')],
    ['ssh://git@[2001:db8::7]:2222/shop', ssh('2001:db8::7', 2222)],
    ['git@github.com:octo/shop.git', ssh('github.com')],
    ['github.com:octo/shop', ssh('github.com')],
    ['git@[::1]:shop', ssh('::1')],
    ['git@host:/srv/git/shop', ssh('host')],
    ['file:///srv/git/shop.git', { kind: 'file' }],
  ])('may be %s', (address, parts) => {
    expect(repositoryAddress.parse(address)).toEqual({ address, ...parts });
  });

  it.each([
    ['', 'is empty'],
    ['/srv/git/shop.git', 'is neither https'],
    ['./shop', 'is neither https'],
    ['shop', 'is neither https'],
    ['C:\\shop', 'is neither https'],
    ['dir/host:shop', 'is neither https'],
    ['git@host:', 'is neither https'],
    ['git@https://host/shop', 'is neither https'],
    ['git@host:-shop', 'is neither https'],
    ['-oProxyCommand=id:shop', 'is neither https'],
    ['git@-oProxyCommand=id:shop', 'is neither https'],
    ['--upload-pack=id', 'is neither https'],
    ['ext::sh -c id', 'names a remote helper'],
    ['fd::17', 'names a remote helper'],
    ['http://github.com/octo/shop', 'uses http, which is not encrypted'],
    ['git://github.com/octo/shop', 'uses git, which is not encrypted'],
    ['ftp://github.com/octo/shop', 'uses a protocol other than'],
    ['git+ssh://github.com/octo/shop', 'uses a protocol other than'],
    ['https://github.com', 'is not the address of a repository'],
    ['https://github.com/octo/shop?x=1', 'is not the address of a repository'],
    ['https://github.com/octo/my shop', 'is not the address of a repository'],
    ['https://pl4nted@github.com/octo/shop', 'carries credentials; they belong in token'],
    ['https://octocat:pl4nted@github.com/octo/shop', 'carries credentials; they belong in token'],
    ['ssh://git:pl4nted@github.com/octo/shop', 'carries a password; SSH needs a key'],
    ['ssh://-oProxyCommand=id/shop', 'is not ssh://user@host:port/path'],
    ['ssh://-l@host/shop', 'is not ssh://user@host:port/path'],
    ['ssh://github.com', 'is not ssh://user@host:port/path'],
    ['ssh://github.com:0/shop', 'has a port outside 1 to 65535'],
    ['ssh://github.com:65536/shop', 'has a port outside 1 to 65535'],
    ['file://srv/git/shop', 'is not the address of a folder on the host'],
    ['file:///', 'is not the address of a folder on the host'],
    ['git@host:a\nb', 'has a control character in the address'],
  ])('may not be %j', (address, wrong) => {
    expect(() => repositoryAddress.parse(address)).toThrow(BadInput);
    expect(() => repositoryAddress.parse(address)).toThrow(wrong);
  });

  it('is refused without repeating it, or is safe to hand to git', () => {
    const part = fc.constantFrom('git@', 'ssh://', 'https://', 'file://', ':', '/', '-', 'h', '::');
    const text = fc.array(fc.oneof(part, fc.string({ maxLength: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(text, (parts) => {
        const address = parts.join('');
        try {
          const repository = repositoryAddress.parse(address);
          expect(repository.address).toBe(address);
          expect(address).not.toMatch(/^-|^\w+::|[\x00-\x1f]/);
          if (repository.kind === 'ssh') expect(repository.host).toMatch(/^[\w.:][\w.:-]*$/);
          else expect(new URL(address)).toMatchObject({ username: '', password: '' });
        } catch (error) {
          if (!(error instanceof BadInput)) throw error;
          if (address.length > 8) expect(error.message).not.toContain(address);
        }
      }),
    );
  });

  it.each([
    ['git@github.com:octo/lib.git', 'https://github.com/octo/lib.git'],
    ['git@github.com:/octo/lib.git', 'https://github.com/octo/lib.git'],
    ['ssh://git@GitHub.com/octo/lib', 'https://github.com/octo/lib'],
    ['ssh://git@github.com:22/octo/lib', 'https://github.com/octo/lib'],
    ['ssh://git@github.com:2222/octo/lib', 'ssh://git@github.com:2222/octo/lib'],
    ['git@gitlab.com:octo/lib.git', 'git@gitlab.com:octo/lib.git'],
    ['https://gitlab.com/octo/lib', 'https://gitlab.com/octo/lib'],
  ])('%s is with a token for github.com %s', (address, instead) => {
    const token = { text: 'x', origin: 'https://github.com' };
    const access = { deployKey: undefined, token, pins: [] };
    const repository = repositoryAddress.parse(address);
    expect(overHttps(repository, access)).toEqual(repositoryAddress.parse(instead));
    expect(overHttps(repository, { ...access, token: undefined })).toBe(repository);
  });
});

import { describe, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import {
  hostAddress,
  hostName,
  knownHostsName,
  placeName,
  wireName,
} from '../../src/ssh/address.ts';

describe('a host', () => {
  it.each([
    ['deploy@web-1', 'deploy', 'web-1', 22, 'web-1'],
    ['deploy@web-1.example.com:22', 'deploy', 'web-1.example.com', 22, 'web-1.example.com'],
    ['deploy@web_1:2222', 'deploy', 'web_1', 2222, '[web_1]:2222'],
    ['me.too@10.0.0.7:65535', 'me.too', '10.0.0.7', 65535, '[10.0.0.7]:65535'],
    ['root@[::1]', 'root', '::1', 22, '::1'],
    ['root@[2001:db8::7]:2022', 'root', '2001:db8::7', 2022, '[2001:db8::7]:2022'],
    ['root@[fe80::1%eth0]:22', 'root', 'fe80::1%eth0', 22, 'fe80::1%eth0'],
    ['root@[fe80::1%br-lan.7]', 'root', 'fe80::1%br-lan.7', 22, 'fe80::1%br-lan.7'],
    ['root@[::ffff:10.0.0.7]:22', 'root', '::ffff:10.0.0.7', 22, '::ffff:10.0.0.7'],
    ['CORP\\deploy@web', 'CORP\\deploy', 'web', 22, 'web'],
    ['deploy@bücher.example', 'deploy', 'bücher.example', 22, 'bücher.example'],
    ['deploy@हिन्दी.example:2222', 'deploy', 'हिन्दी.example', 2222, '[हिन्दी.example]:2222'],
  ])('%s', (text, user, host, port, known) => {
    const address = hostAddress.parse(text);
    expect(address).toEqual({ user, host, port, text });
    expect(knownHostsName(address)).toBe(known);
  });

  it.each([
    ['', 'is not user@host:port'],
    ['web-1', 'is not user@host:port'],
    ['@web-1', 'is not user@host:port'],
    ['deploy@', 'is not user@host:port'],
    ['a@b@c', 'is not user@host:port'],
    ['deploy@web 1', 'is not user@host:port'],
    ['deploy@web:', 'is not user@host:port'],
    ['deploy@web:22:22', 'is not user@host:port'],
    ['deploy@web:123456', 'is not user@host:port'],
    ['deploy@web:-1', 'is not user@host:port'],
    ['deploy@2001:db8::7', 'is not user@host:port'],
    ['deploy@$(id)', 'is not user@host:port'],
    ['deploy@web;id', 'is not user@host:port'],
    ['deploy@web/path', 'is not user@host:port'],
    ['deploy@web:0', 'has a port outside 1 to 65535'],
    ['deploy@web:65536', 'has a port outside 1 to 65535'],
    ['deploy@[1:2]', 'has no IPv6 address in its brackets'],
    ['deploy@[:::::::::]', 'has no IPv6 address in its brackets'],
    ['deploy@xn--é', 'has letters that no host name can have'],
    ['-l@web', 'starts with a dash'],
    ['deploy@-web', 'starts with a dash'],
    ['ssh://deploy@web', 'starts with a scheme'],
  ])('%s is refused', (text, wrong) => {
    expect(() => hostAddress.parse(text)).toThrow(new BadInput(wrong, ''));
  });

  it.each([
    ['deploy@web_1:22', 'web_1', 'web_1:22', 'deploy@web_1'],
    [
      'deploy@bücher.example:2222',
      'xn--bcher-kva.example',
      'bücher.example:2222',
      'deploy@bücher.example:2222',
    ],
    ['deploy@[::1]', '::1', '[::1]:22', 'deploy@[::1]'],
    ['deploy@[::1]:2222', '::1', '[::1]:2222', 'deploy@[::1]:2222'],
  ])('%s is looked up as %s and shown so that it can be read', (text, wire, place, site) => {
    const address = hostAddress.parse(text);
    expect([wireName(address), placeName(address), hostName(address)]).toEqual([wire, place, site]);
  });

  it('that is any text is read back as it was written, or refused', () => {
    const part = fc.string({ unit: fc.constantFrom(...'ab1.-_@:[]%/ é$'), maxLength: 8 });
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 80 }),
      fc.tuple(part, part, fc.nat(70_000)).map(([user, host, port]) => `${user}@${host}:${port}`),
    );
    fc.assert(
      fc.property(text, (written) => {
        try {
          const { user, host, port } = hostAddress.parse(written);
          const brackets = host.includes(':') ? `[${host}]` : host;
          const short = `${user}@${brackets}`;
          return written === short || Number(written.slice(short.length + 1)) === port;
        } catch (error) {
          return error instanceof BadInput;
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { BadInput } from '@slipway/shared/action/input';
import fc from 'fast-check';
import { anyCharacter } from '../../../../packages/local-cloud/src/any-character.ts';
import { linearTime, threadTime } from '../../../../packages/local-cloud/src/linear-time.ts';
import {
  fingerprintOf,
  judgeHostKey,
  knownHosts,
  knownHostsLine,
  pinnedTypes,
} from '../../src/keys/known-hosts.ts';

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';
const other = ed25519.replace('qqnkVzrm', 'qqnkWzrm');
const key = Buffer.from(ed25519.split(' ')[1] ?? '', 'base64');
const fingerprint = fingerprintOf(key);

describe('a pinned host key', () => {
  it('has the fingerprint that ssh-keygen shows', () => {
    // github.com's, as https://docs.github.com/authentication publishes it.
    expect(fingerprint).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
  });

  const salt = Buffer.alloc(20, 7);
  const hashed = (name: string) =>
    `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;

  it.each([
    ['its line', `web ${ed25519}`, 'web'],
    ['its line with a comment', `web ${ed25519} root@web`, 'web'],
    ['its line with tabs', `web\t${ed25519.replace(' ', '\t')}`, 'web'],
    ['comments and empty lines around it', `# mine\n\n  web ${ed25519}\r\n`, 'web'],
    ['several names', `a,web,10.0.0.7 ${ed25519}`, '10.0.0.7'],
    ['capitals', `WEB.Example.com ${ed25519}`, 'web.example.COM'],
    ['a port', `[web]:2222 ${ed25519}`, '[web]:2222'],
    ['stars', `*.example.com ${ed25519}`, 'web.example.com'],
    ['question marks', `web-? ${ed25519}`, 'web-1'],
    ['a hashed name', `${hashed('web')} ${ed25519}`, 'web'],
    ['a hashed name with a port', `${hashed('[web]:2222')} ${ed25519}`, '[web]:2222'],
    ['its fingerprint', fingerprint, 'whatever'],
    ['its fingerprint with padding', `${fingerprint}=`, 'whatever'],
    ['its fingerprint, and a line of another host', `web-2 ${other}\n${fingerprint}`, 'web-1'],
    ['another key of the host beside it', `web ${other}\nweb ${ed25519}`, 'web'],
  ])('is trusted by %s', (_, pins, name) => {
    expect(judgeHostKey(knownHosts.parse(pins), name, key)).toEqual({ trusted: true });
  });

  it.each([
    ['nothing', '', 'web', 'unknown'],
    ['the line of another host', `other ${ed25519}`, 'web', 'unknown'],
    ['its line without the port', `web ${ed25519}`, '[web]:2222', 'unknown'],
    ['a name that is excluded', `*.com,!web.com ${ed25519}`, 'web.com', 'unknown'],
    ['another key of the host', `web ${other}`, 'web', 'changed'],
    ['the fingerprint of another key', `SHA256:${'A'.repeat(43)}`, 'web', 'changed'],
    [
      'a line with another key, and its fingerprint',
      `web ${other}\n${fingerprint}`,
      'web',
      'changed',
    ],
    [
      'its fingerprint, and a pattern with another key',
      `${fingerprint}\n* ${other}`,
      'web',
      'changed',
    ],
    ['its line, but revoked', `web ${ed25519}\n@revoked * ${ed25519}`, 'web', 'revoked'],
    ['another key, revoked', `@revoked web ${other}`, 'web', 'unknown'],
  ])('is not trusted by %s', (_, pins, name, why) => {
    expect(judgeHostKey(knownHosts.parse(pins), name, key)).toMatchObject({ trusted: false, why });
  });

  it('is trusted by the line that is printed for it', () => {
    const line = knownHostsLine('[web]:2222', key);
    expect(line).toBe(`[web]:2222 ${ed25519}`);
    expect(judgeHostKey(knownHosts.parse(line), '[web]:2222', key)).toEqual({ trusted: true });
  });

  it('is asked for by the types that are pinned for its host', () => {
    const pins = knownHosts.parse(`web ${ed25519}\nweb ${other}\n@revoked web ${other}\n`);
    expect(pinnedTypes(pins, 'web')).toEqual(['ssh-ed25519']);
    expect(pinnedTypes(pins, 'other')).toEqual([]);
  });

  it.each([
    ['web', 'has too few fields in line 1'],
    [`web ${ed25519}\nweb ssh-rsa`, 'has too few fields in line 2'],
    [`web ${ed25519.slice(0, -4)}`, 'cut off or not a ssh-ed25519 in line 1'],
    [`web ${ed25519.replace('ssh-ed25519', 'ssh-rsa')}`, 'cut off or not a ssh-rsa in line 1'],
    [`web ${ed25519}AAAA`, 'cut off or not a ssh-ed25519 in line 1'],
    ['web ssh-dss AAAA', 'has no known key type in line 1'],
    [`@cert-authority * ${ed25519}`, 'has the marker @cert-authority in line 1'],
    ['SHA256:short', 'has too few fields in line 1'],
  ])('is refused as %j', (pins, wrong) => {
    expect(() => knownHosts.parse(pins)).toThrow(wrong);
    expect(() => knownHosts.parse(pins)).toThrow(BadInput);
  });

  it('is judged at once whatever its pattern', () => {
    const name = 'a'.repeat(250);
    for (const pattern of ['*a'.repeat(200), `${'*a'.repeat(40)}b`, '*'.repeat(50_000)]) {
      expect(
        threadTime(() => judgeHostKey(knownHosts.parse(`${pattern} ${ed25519}`), name, key)),
      ).toBeLessThan(linearTime(pattern.length));
    }
  });

  it('is read or refused, and then judged, whatever the text', () => {
    const part = fc.constantFrom(
      ...['web', '*', '!web', '@revoked ', '@x', '|1|a|b', '|1|', ',', '#', '[', ']:22', 'SHA256:'],
      ...[' ', ' ', '\t', '\n', '\r\n', '=', '\0', 'é', `web ${ed25519}\n`, ...ed25519.split(' ')],
    );
    const text = fc.oneof(
      fc.string({ unit: part, maxLength: 20, size: 'max' }),
      fc.string({ unit: anyCharacter, maxLength: 80 }),
    );
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 60 }), (written, offered) => {
        try {
          const pins = knownHosts.parse(written);
          judgeHostKey(pins, 'web', Buffer.from(offered));
          knownHostsLine('web', Buffer.from(offered));
          return Array.isArray(pinnedTypes(pins, 'web'));
        } catch (error) {
          return error instanceof BadInput;
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { projectName } from '../../src/compose/project-name.ts';
import { readCheck } from '../../src/compose/scripts.ts';

describe('the Compose project', () => {
  it.each([
    ['/srv/app', 'app'],
    ['/srv/My App', 'my-app'],
    ['/srv/shop.example.com', 'shop-example-com'],
    ['/srv/_app', 'app'],
    ['/srv/a_b-c', 'a_b-c'],
    ['/srv/日本', 'app'],
  ])('of %s is %s', (path, name) => {
    expect(projectName(path)).toBe(name);
  });

  it('has a name that Compose takes, whatever the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        /^[a-z0-9][a-z0-9_-]*$/.test(projectName(`/srv/${text}`)),
      ),
    );
  });
});

describe('the check of a host', () => {
  const nothing = { unwritable: undefined, missing: undefined, taken: undefined };
  it.each([
    ['', { ...nothing, platform: '' }],
    ['platform linux/arm64\n', { ...nothing, platform: 'linux/arm64' }],
    ['missing Docker\n', { ...nothing, missing: 'Docker', platform: '' }],
    [
      'platform linux/amd64\ntaken /srv/other app\n',
      { ...nothing, platform: 'linux/amd64', taken: '/srv/other app' },
    ],
    [
      'unwritable it may not write in /srv\n',
      { ...nothing, platform: '', unwritable: 'it may not write in /srv' },
    ],
  ])('reads %j', (printed, check) => {
    expect(readCheck(printed)).toEqual(check);
  });
});

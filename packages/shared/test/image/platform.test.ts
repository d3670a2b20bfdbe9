import { describe, expect, it } from '@jest/globals';
import { matchesOf, normalPlatform } from '../../src/image/platform.ts';

describe('a platform', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/X86-64', 'linux/amd64'],
    ['linux/amd64/v1', 'linux/amd64'],
    ['linux/amd64/v2', 'linux/amd64/v2'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v9', 'linux/arm64/v9'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/arm/7', 'linux/arm/v7'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/arm/v6', 'linux/arm/v6'],
    ['linux/i386', 'linux/386'],
    ['macos/arm64', 'darwin/arm64'],
    ['linux/s390x', 'linux/s390x'],
  ])('%s is %s', (written, normal) => {
    expect(normalPlatform(written)).toBe(normal);
    expect(normalPlatform(normal)).toBe(normal);
  });

  it.each([
    ['linux/amd64', ['linux/amd64/v2', 'linux/amd64'], ['linux/amd64']],
    ['linux/amd64', ['linux/amd64/v2', 'linux/x86_64'], ['linux/x86_64']],
    ['linux/amd64', ['linux/amd64/v2', 'linux/arm64'], ['linux/amd64/v2']],
    ['linux/amd64', ['linux/amd64/v2', 'linux/amd64/v3'], ['linux/amd64/v2', 'linux/amd64/v3']],
    ['linux/arm64/v8', ['linux/arm64'], ['linux/arm64']],
    ['linux/arm', ['linux/arm/v6'], ['linux/arm/v6']],
    ['linux/arm', ['linux/arm/v6', 'linux/arm/v7'], ['linux/arm/v7']],
    ['linux/amd64/v2', ['linux/amd64'], []],
  ])('who asks for %s of %j gets %j', (wanted, all, found) => {
    expect(matchesOf(all, wanted, (one) => one)).toEqual(found);
  });
});

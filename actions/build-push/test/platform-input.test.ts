import { describe, expect, it } from '@jest/globals';
import { platformList } from '../src/platform-input.ts';

describe('platforms', () => {
  it.each([
    ['linux/amd64', ['linux/amd64']],
    ['linux/amd64, linux/arm64\nlinux/riscv64', ['linux/amd64', 'linux/arm64', 'linux/riscv64']],
    ['linux/arm64,linux/arm64/v8', ['linux/arm64']],
    ['linux/arm', ['linux/arm/v7']],
    ['linux/arm/v6', ['linux/arm/v6']],
    ['linux/amd64/v1,linux/amd64/v3', ['linux/amd64', 'linux/amd64/v3']],
    ['windows/amd64', ['windows/amd64']],
  ])('reads %j as a registry will name them', (text, platforms) => {
    expect(platformList.parse(text)).toEqual(platforms);
  });

  it.each(['amd64', 'linux', 'linux/', 'linux/x86_64', 'Linux/amd64', 'linux/amd64/v1/x', 'a b'])(
    'refuses %j',
    (text) => expect(() => platformList.parse(text)).toThrow('names no platform'),
  );
});

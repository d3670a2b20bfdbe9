import { expect, test } from '@jest/globals';
import { repositorySettings } from '../src/repository-settings.ts';

const usual = { scanOnPush: true, immutableTags: false, keep: 30, kmsKey: undefined };
const kmsKey = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab';

test.each([
  ['keep=100', { keep: 100 }],
  ['keep=0', { keep: 0 }],
  ['immutable-tags=true', { immutableTags: true }],
  [`scan-on-push=false\nkms-key=${kmsKey}`, { scanOnPush: false, kmsKey }],
])('%j changes what is usual', (text, change) => {
  expect(repositorySettings.parse(text)).toEqual({ ...usual, ...change });
});

test.each([
  ['keep=many', 'has keep that is not a number from 0 to 10000'],
  ['immutable-tags=yes', 'has immutable-tags that is neither true nor false'],
  ['kms-key=alias/shop', 'has kms-key that is not the ARN of a key'],
  ['scan=true', 'has scan, but knows scan-on-push, immutable-tags, keep, kms-key'],
  ['keep', 'line 1'],
])('%j is refused', (text, wrong) => {
  expect(() => repositorySettings.parse(text)).toThrow(wrong);
});

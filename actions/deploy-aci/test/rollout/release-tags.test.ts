import { expect, test } from '@jest/globals';
import { tagOf, withRelease, withTags } from '../../src/rollout/release-tags.ts';

const release = {
  image: 'shop.azurecr.io/shop@sha256:two',
  previousImage: 'shop.azurecr.io/shop@sha256:one',
  commit: 'c0ffee',
  run: 'https://github.com/octo/shop/actions/runs/1',
};

test('a release is recorded beside the tags of others', () => {
  const group = withRelease({ tags: { team: 'web', 'slipway-commit': 'old' } }, release);
  expect(group['tags']).toEqual({
    team: 'web',
    'slipway-image': release.image,
    'slipway-previous-image': release.previousImage,
    'slipway-commit': 'c0ffee',
    'slipway-run': release.run,
  });
});

test('a first release has no image before it, and outside of a runner there is no run', () => {
  const first = { ...release, previousImage: undefined, commit: '', run: '' };
  const group = withRelease({ tags: { 'slipway-previous-image': 'older' } }, first);
  expect(group['tags']).toEqual({ 'slipway-image': release.image });
});

test('a value that Azure would refuse is cut', () => {
  const { tags } = withTags({}, { long: 'x'.repeat(1_000) });
  expect(tagOf({ ...(tags && { tags }) }, 'long')?.length).toBeLessThanOrEqual(256);
});

test.each([
  [undefined],
  [{}],
  [{ tags: null }],
  [{ tags: ['slipway-run'] }],
  [{ tags: { 'slipway-run': 7 } }],
])('%j has no such tag', (group) => {
  expect(tagOf(group, 'slipway-run')).toBeUndefined();
});

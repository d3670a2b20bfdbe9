import { expect, test } from '@jest/globals';
import { nextPage } from '../../src/image/page.ts';

test.each<[string | null, string | undefined]>([
  ['</v2/acme/app/tags/list?last=b&n=2>; rel="next"', '/v2/acme/app/tags/list?last=b&n=2'],
  ['<https://ghcr.io/v2/a/tags/list?n=1>; rel=next', 'https://ghcr.io/v2/a/tags/list?n=1'],
  ['</a>; title="x"; rel="prev next"', '/a'],
  ['</a>; rel="prev", </b>; rel="next"', '/b'],
  ['</a>; REL="NEXT"', '/a'],
  ['</a>; rel="prev"', undefined],
  ['</a>; rel="nextish"', undefined],
  ['</next>; rel="prev"', undefined],
  ['', undefined],
  [null, undefined],
  ['<<<<;;;rel=next', undefined],
])('%s', (header, target) => {
  expect(nextPage(header)).toBe(target);
});

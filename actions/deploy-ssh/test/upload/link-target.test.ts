import { describe, expect, it } from '@jest/globals';
import { linkProblem } from '../../src/upload/link-target.ts';

describe('the target of a symbolic link', () => {
  it.each([
    ['a', 'b', undefined],
    ['a', './b/c', undefined],
    ['a', '.', undefined],
    ['d/a', '..', undefined],
    ['d/a', '../b', undefined],
    ['d/e/a', '../../b', undefined],
    ['d/a', '.././b', undefined],
    ['a', '..b/c', undefined],
    ['a', '-rf', undefined],
    ['a', '/etc/passwd', 'is absolute'],
    ['a', '..', 'is outside the folder'],
    ['a', '../b', 'is outside the folder'],
    ['d/a', '../../b', 'is outside the folder'],
    ['d/a', './/../../', 'is outside the folder'],
    ['d/a', 'b/../../..', 'goes up again behind a name'],
    ['d/a', '../b/..', 'goes up again behind a name'],
  ])('of %j, %j, %j', (path, target, problem) => {
    expect(linkProblem(path, target)).toBe(problem);
  });
});

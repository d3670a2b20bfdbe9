import { describe, expect, it } from '@jest/globals';
import { checkDeployInputs } from '../../src/deploy/inputs.ts';

/** The inputs that a problem was found with. */
function problemsOf(threshold: number, standard: number | undefined, url?: URL): string[] {
  const names: string[] = [];
  const values = { 'health-threshold': threshold, ...(url && { 'health-url': url }) };
  checkDeployInputs(values, (name) => names.push(name), standard);
  return names;
}

describe('health-threshold', () => {
  it.each([
    ['is left out, where its default is 1', 1, undefined],
    ['is left out, where its default is more', 5, 5],
    ['is 1', 1, 5],
  ])('needs nothing that is asked where it %s', (_, threshold, standard) => {
    expect(problemsOf(threshold, standard)).toEqual([]);
  });

  it.each([
    [5, undefined],
    [7, 5],
  ])('of %d needs an address, where the default is %p', (threshold, standard) => {
    expect(problemsOf(threshold, standard)).toEqual(['health-threshold']);
    expect(problemsOf(threshold, standard, new URL('https://shop.example.com'))).toEqual([]);
  });
});

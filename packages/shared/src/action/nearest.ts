import { distance } from 'fastest-levenshtein';

/** The word that was probably meant, whatever its case; none when no word is near. */
export function nearest(given: string, words: readonly string[]): string | undefined {
  const asked = given.toLowerCase();
  const most = Math.max(2, asked.length / 3);
  return words
    .map((word) => ({ word, steps: distance(asked, word.toLowerCase()) }))
    .filter(({ steps }) => steps <= most)
    .sort((one, other) => one.steps - other.steps)[0]?.word;
}

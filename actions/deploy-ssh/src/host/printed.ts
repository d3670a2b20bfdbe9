import { releasePattern } from './release-id.ts';

/** Most bytes of a text that a host script prints out of a file. */
const longest = 4096;

/**
 * Defines `printed WORD` for a script: it prints a line with the word and what comes on its standard
 * input. It may come from a file that others can write, so it is cut, and spelled in base64, in which it
 * can be nothing but data.
 */
export const printedFunction = `printed() { printf '%s %s\\n' "$1" "$(head -c ${longest} | base64 | tr -d '\\n')"; }`;

/** Defines `is_release NAME` for a script, which is true of what {@link isReleaseId} is true of. */
export const isReleaseFunction = `is_release() { [[ $1 =~ ^${releasePattern}$ ]]; }`;

/** The texts by their words, as `printed` spelled them; the first of two counts. */
export function readPrinted(printed: string): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const line of printed.split('\n')) {
    const [, word, text] = /^([a-z]+) ([A-Za-z0-9+/]*={0,2})$/.exec(line) ?? [];
    if (word !== undefined && text !== undefined && !texts.has(word))
      texts.set(word, decoded(text));
  }
  return texts;
}

/** A text in base64, without the line break at its end. */
export function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8').replace(/\n$/, '');
}

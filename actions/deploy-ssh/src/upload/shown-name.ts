/**
 * A file's name for a message, in quotes: what could break a line, drive a terminal or turn text
 * around is escaped.
 */
export function shownName(name: string): string {
  return JSON.stringify(name).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

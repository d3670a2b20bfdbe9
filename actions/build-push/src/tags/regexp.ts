/** A regular expression and how many groups it captures. */
export interface Compiled {
  expression: RegExp;
  groups: number;
}

/**
 * Reads `v(.*)` or `/v(.*)/i`.
 * @returns undefined when it is not a regular expression
 */
export function readRegExp(text: string): Compiled | undefined {
  const [, body = text, flags = ''] = /^\/(.+)\/(.*)$/.exec(text) ?? [];
  try {
    const expression = new RegExp(body, flags);
    // An empty alternative always matches, and its result has a place for every group.
    const groups = (new RegExp(`${body}|`, flags).exec('')?.length ?? 1) - 1;
    return { expression, groups };
  } catch {
    return undefined;
  }
}

/**
 * One group of the first match.
 * @returns its text and where it starts; undefined when it has no part in a match
 */
export function matchGroup(
  expression: RegExp,
  text: string,
  group: number,
): { text: string; start: number } | undefined {
  // A fresh expression, as with `g` or `y` the given one remembers where it was.
  const flags = expression.hasIndices ? expression.flags : `${expression.flags}d`;
  const [start, end] = new RegExp(expression, flags).exec(text)?.indices?.[group] ?? [];
  return start === undefined ? undefined : { text: text.slice(start, end), start };
}

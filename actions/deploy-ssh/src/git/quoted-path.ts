const named: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/**
 * A path as git prints it with `core.quotePath`: in quotes and escaped as in C where it has more
 * than plain ASCII.
 * Source: git-config(1), core.quotePath; git, quote.c
 */
export function unquotedPath(printed: string): string {
  if (!/^".*"$/s.test(printed)) return printed;
  const letters = printed.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\])/gs);
  const bytes = [...letters].map(([, octal, letter, plain]) => {
    if (octal !== undefined) return Number.parseInt(octal, 8);
    return (letter === undefined ? plain?.charCodeAt(0) : named[letter]) ?? 0;
  });
  return Buffer.from(bytes).toString();
}

/** One way in that a server offers: the scheme in lower case, and its parameters by lower-case name. */
export interface Challenge {
  scheme: string;
  parameters: ReadonlyMap<string, string>;
}

// A token, with a value behind it when it is a parameter and none when it begins a challenge.
const item = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+)))?/gy;

/**
 * Reads a `WWW-Authenticate` header, which may hold several challenges.
 * What cannot be read ends the list; what came before it counts.
 * Source: RFC 9110, section 11.6.1.
 */
export function parseChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const [, token = '', quoted, plain] of header.matchAll(item)) {
    const name = token.toLowerCase();
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    const current = challenges.at(-1)?.parameters;
    if (value === undefined) challenges.push({ scheme: name, parameters: new Map() });
    else if (!current?.has(name)) current?.set(name, value);
  }
  return challenges;
}

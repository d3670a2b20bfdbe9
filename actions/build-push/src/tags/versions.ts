/** A version that was read, with the names that patterns use for its parts. */
export interface ParsedVersion {
  scheme: Scheme['name'];
  raw: string;
  version: string;
  major: number;
  minor: number;
  patch: number;
  /** False for prereleases; in PEP 440 also for post and development releases. */
  stable: boolean;
}

/** How versions are read and ordered. */
export interface Scheme {
  name: 'semver' | 'pep440';
  /** @returns undefined when the text is not a version; a leading `v` is fine */
  parse(text: string): ParsedVersion | undefined;
  /** Negative when `a` is the older one. */
  compare(a: ParsedVersion, b: ParsedVersion): number;
}

/** Loads the library behind a scheme; SemVer takes 5 ms, so that bad rules fail before it. */
export async function loadScheme(name: Scheme['name']): Promise<Scheme> {
  return name === 'semver' ? loadSemver() : loadPep440();
}

async function loadSemver(): Promise<Scheme> {
  const [{ default: parse }, { default: compare }] = await Promise.all([
    import('semver/functions/parse.js'),
    import('semver/functions/compare.js'),
  ]);
  return {
    name: 'semver',
    parse(text) {
      const found = parse(text);
      if (!found) return undefined;
      const { raw, version, major, minor, patch } = found;
      const stable = found.prerelease.length === 0;
      return { scheme: 'semver', raw, version, major, minor, patch, stable };
    },
    compare: (a, b) => compare(a.version, b.version),
  };
}

async function loadPep440(): Promise<Scheme> {
  const { compare, explain } = await import('@renovatebot/pep440');
  return {
    name: 'pep440',
    parse(text) {
      const found = explain(text);
      if (!found) return undefined;
      const [major = 0, minor = 0, patch = 0] = found.release;
      const stable = !found.is_prerelease && !found.is_postrelease && !found.is_devrelease;
      const version = found.local === null ? found.public : `${found.public}+${found.local}`;
      return { scheme: 'pep440', raw: text, version, major, minor, patch, stable };
    },
    compare: (a, b) => compare(a.version, b.version),
  };
}

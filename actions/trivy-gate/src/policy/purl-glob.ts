import { PackageURL } from 'packageurl-js';

/** A purl in which `*` stands for any text: `pkg:npm/%40acme/*`, `pkg:deb/debian/openssl@3.*`. */
export interface PurlGlob {
  text: string;
  /** @param purl of a package; one that cannot be read matches nothing */
  matches(purl: string): boolean;
}

/**
 * Reads a purl glob. Name, namespace and version may have `*`; what is left out but the namespace
 * stands for everything, so `pkg:npm/lodash` is lodash in every version.
 * Source: https://github.com/package-url/purl-spec
 * @throws Error when it is none
 */
export function parsePurlGlob(text: string): PurlGlob {
  const glob = PackageURL.fromString(text);
  const type = glob.type;
  const parts = {
    namespace: pattern(glob.namespace ?? ''),
    name: pattern(glob.name ?? ''),
    version: pattern(glob.version ?? '*'),
  };
  const qualifiers = Object.entries(glob.qualifiers ?? {}).map(
    ([key, value]) => [key, pattern(value ?? '')] as const,
  );
  // Reading a purl takes 20 µs: only those are read that have the longest word of the name in them.
  const prefix = `pkg:${type}/`;
  const word = (glob.name ?? '').split(/[^a-z0-9]+/).reduce(longer, '');
  const seen = new Map<string, boolean>();
  const fits = (purl: string): boolean => {
    const one = read(purl);
    return (
      one !== undefined &&
      one.type === type &&
      parts.namespace.test(one.namespace ?? '') &&
      parts.name.test(one.name ?? '') &&
      parts.version.test(one.version ?? '') &&
      qualifiers.every(([key, value]) => value.test(one.qualifiers?.[key] ?? ''))
    );
  };
  return {
    text,
    matches(purl) {
      if (!purl.startsWith(prefix) || !purl.toLowerCase().includes(word)) return false;
      const known = seen.get(purl);
      if (known !== undefined) return known;
      const result = fits(purl);
      seen.set(purl, result);
      return result;
    },
  };
}

function read(purl: string): PackageURL | undefined {
  try {
    return PackageURL.fromString(purl);
  } catch {
    return undefined;
  }
}

function longer(one: string, other: string): string {
  return other.length > one.length ? other : one;
}

function pattern(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replace(/\*+/g, '.*');
  return new RegExp(`^${escaped}$`, 's');
}

import compareBuild from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';

/** A version by SemVer 2.0.0 (https://semver.org). */
export interface Version {
  /** As written, without prefix: `1.3.0-rc.2+build.7`. */
  text: string;
  major: number;
  minor: number;
  patch: number;
  /** Empty for a stable version. */
  prerelease: readonly (string | number)[];
}

/** Reads a version. @returns undefined when the text is none, as it stands and in full */
export function parseVersion(text: string): Version | undefined {
  // The library lets `v1.2.3`, `=1.2.3` and blanks pass.
  if (!/^\d/.test(text)) return undefined;
  const found = parse(text);
  if (!found || found.raw !== text) return undefined;
  const { major, minor, patch, prerelease } = found;
  return { text, major, minor, patch, prerelease };
}

/** Makes a version of known parts. */
export function stableVersion(major: number, minor: number, patch: number): Version {
  return { text: `${major}.${minor}.${patch}`, major, minor, patch, prerelease: [] };
}

/** Negative when `a` is the lower one; build metadata only decides between equals. */
export function compareVersions(a: Version, b: Version): number {
  // The numbers nearly always tell; the library would parse both texts each time.
  const numbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  return numbers === 0 ? compareBuild(a.text, b.text) : numbers;
}

/** Whether it is one that moving tags may follow. */
export function isStable(version: Version): boolean {
  return version.prerelease.length === 0;
}

/** Whether both have the same major, minor and patch number. */
export function sameCore(a: Version, b: Version): boolean {
  return a.major === b.major && a.minor === b.minor && a.patch === b.patch;
}

import type { Version } from './version.ts';

/** Versions that a maintenance line may give: `1.x` or `1.2.x`. */
export interface VersionRange {
  text: string;
  major: number;
  minor?: number;
}

/** Reads `1.x` or `1.2.x`, also with a `v` before it. @returns undefined when it is neither */
export function parseRange(text: string): VersionRange | undefined {
  const [, major, minor] = /^v?(\d{1,9})(?:\.(\d{1,9}))?\.x$/i.exec(text) ?? [];
  if (major === undefined) return undefined;
  return minor === undefined
    ? { text: `${+major}.x`, major: +major }
    : { text: `${+major}.${+minor}.x`, major: +major, minor: +minor };
}

/** The range in the name of a maintenance branch: `1.x`, `v1.2.x`, `release/1.x`. */
export function rangeOfBranch(ref: string): VersionRange | undefined {
  if (!ref.startsWith('refs/heads/')) return undefined;
  return parseRange(ref.slice(ref.lastIndexOf('/') + 1));
}

/** Whether the range holds a version. No range holds all. */
export function inRange(range: VersionRange | undefined, version: Version): boolean {
  if (!range) return true;
  if (version.major !== range.major) return false;
  return range.minor === undefined || version.minor === range.minor;
}

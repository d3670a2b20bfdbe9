import { stableVersion, type Version } from './version.ts';

/** How far a change reaches, from little to much. */
export const bumps = ['none', 'patch', 'minor', 'major'] as const;

export type Bump = (typeof bumps)[number];

/** What a breaking change does below 1.0.0; see the input `zero-major`. */
export type ZeroMajor = 'keep' | 'shift' | 'leave';

/** The one that reaches farthest; `none` for no changes. */
export function highestBump(all: Iterable<Bump>): Bump {
  let highest = 0;
  for (const bump of all) highest = Math.max(highest, bumps.indexOf(bump));
  return bumps[highest] ?? 'none';
}

/**
 * What a change means for a version. Below 1.0.0 "anything may change" (SemVer, 4), so a breaking
 * change there is one of the minor version unless asked otherwise.
 */
export function effectiveBump(base: Version, bump: Bump, zeroMajor: ZeroMajor): Bump {
  if (base.major > 0 || zeroMajor === 'leave') return bump;
  if (bump === 'major') return 'minor';
  return bump === 'minor' && zeroMajor === 'shift' ? 'patch' : bump;
}

/** The next stable version (SemVer, 6 to 8). `none` gives the version itself. */
export function raise({ major, minor, patch }: Version, bump: Bump): Version {
  switch (bump) {
    case 'major':
      return stableVersion(major + 1, 0, 0);
    case 'minor':
      return stableVersion(major, minor + 1, 0);
    case 'patch':
      return stableVersion(major, minor, patch + 1);
    case 'none':
      return stableVersion(major, minor, patch);
  }
}

import type { Environment } from '@slipway/shared/exec/environment';

/** A release of Trivy for one kind of machine. */
export interface TrivyRelease {
  /** `0.74.0` */
  version: string;
  /** `linux/x64`, as Node names it. */
  machine: string;
  /** `trivy_0.74.0_Linux-64bit.tar.gz` */
  archive: string;
  /** SHA-256 of the archive; undefined when nobody vouches for one. */
  sha256: string | undefined;
}

/**
 * Versions that were published by attackers (March 2026, CVE-2026-33634). They are refused whatever
 * digest is given.
 */
const hijacked = new Set(['0.69.4', '0.69.5', '0.69.6']);

/**
 * SHA-256 of the archives, as reviewed in this file: a checksum that is fetched beside the archive
 * comes from whoever put the archive there. Only a release that is more than two weeks old comes in,
 * with digests that independent repositories pinned when it came out.
 */
const digests: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '0.74.0': {
    'linux/x64': '2ae6fe3ee734b7fdf11335663e18c75ea12dccc76062f09f164a3b0f8be4371a',
    'linux/arm64': 'b94ce1976bbf3c15b514b605ee88be7c6d94a29be2302847ff01cb794d47aad5',
    'darwin/x64': '472816f6888dda689d075c30254d4210b4d1035acf365aa72332f584c2f60485',
    'darwin/arm64': '1caada5e0e2091909357c7525d3aa76f4b660b13821bc143b190c7483e31cc11',
  },
  '0.72.0': {
    'linux/x64': 'bbb64b9695866ce4a7a8f5c9592002c5961cab378577fa3f8a040df362b9b2ea',
  },
};

const names: Readonly<Record<string, string>> = {
  'linux/x64': 'Linux-64bit',
  'linux/arm64': 'Linux-ARM64',
  'linux/arm': 'Linux-ARM',
  'linux/ppc64': 'Linux-PPC64LE',
  'linux/s390x': 'Linux-s390x',
  'darwin/x64': 'macOS-64bit',
  'darwin/arm64': 'macOS-ARM64',
};

/** Where archives are when nobody names a mirror. */
export const defaultMirrors = [
  'https://github.com/aquasecurity/trivy/releases/download/v{version}/{archive}',
];

/** Whether a version is known to be malicious. */
export function isHijacked(version: string): boolean {
  return hijacked.has(version);
}

/** The release of a version for a machine. */
export function releaseOf(version: string, machine: string): TrivyRelease {
  const sha256 = digests[version]?.[machine];
  const archive = `trivy_${version}_${names[machine] ?? machine.replace('/', '-')}.tar.gz`;
  return { version, machine, archive, sha256 };
}

/** The address of an archive at a mirror. */
export function addressAt(mirror: string, { version, archive }: TrivyRelease): string {
  return mirror.replaceAll('{version}', version).replaceAll('{archive}', archive);
}

/** What kind of machine this is, `linux/x64`. */
export function thisMachine(): string {
  return `${process.platform}/${process.arch}`;
}

/** Folders in which programs are looked for. */
export function programFolders(env: Environment): string[] {
  const path = env['PATH'] ?? env['Path'] ?? '';
  return path.split(process.platform === 'win32' ? ';' : ':').filter((folder) => folder !== '');
}

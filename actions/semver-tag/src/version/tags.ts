import { compareVersions, parseVersion, type Version } from './version.ts';

/** A ref under `refs/tags/`, as the server names it. */
export interface TagRef {
  /** Without `refs/tags/`. */
  name: string;
  /** What it points to: a commit, or the object of an annotated tag. */
  oid: string;
  /** The commit behind it; undefined as long as nobody looked. */
  commit?: string | undefined;
}

/** A tag that is a version. */
export interface VersionTag extends TagRef {
  version: Version;
}

/**
 * The tags that are a version behind exactly this prefix, highest first. Others are passed over:
 * moving tags (`v1`), those of other parts of a monorepo, and whatever else a repository has.
 */
export function versionTags(refs: readonly TagRef[], prefix: string): VersionTag[] {
  const found: VersionTag[] = [];
  for (const ref of refs) {
    if (!ref.name.startsWith(prefix)) continue;
    const version = parseVersion(ref.name.slice(prefix.length));
    if (version) found.push({ ...ref, version });
  }
  return found.sort((a, b) => compareVersions(b.version, a.version));
}

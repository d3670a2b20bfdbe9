/** What gave a tag its name. */
export type GitName = 'branch' | 'tag' | 'pr';

/** Tags that this action, the registry or its tools write for themselves. */
const internal = [
  // The cache of `cache: registry`, and what is pushed before its digest is known.
  /^buildcache$/,
  /^slipway-staging/,
  // Referrers, signatures and attestations of a digest. Source: OCI distribution spec, "Referrers Tag
  // Schema"; cosign writes `sha256-….sig`
  /^sha(?:256|512)-/i,
];

/** Tags of other runs: the highest version, commits, schedules. */
const ofOthers = [
  /^(?:latest|nightly|edge)$/,
  /^sha-/,
  /^(?=.*[a-f])(?:[0-9a-f]{7}|[0-9a-f]{40})$/,
];
const pullRequest = /^pr-\d/;

/** Whatever may be a version, or its moving tag: `1`, `v1.2`, `1.2.3-alpine`, `1.0rc1`. */
const version = /^v?\d+(?:[._+-]|(?:a|b|c|rc|alpha|beta|pre|post|rev|r|dev)\d*(?:[._+-]|$)|$)/i;

/** Whether a tag is none that any rule may give. */
export function isInternal(tag: string): boolean {
  return internal.some((one) => one.test(tag));
}

/**
 * Whether the name of a branch, a pull request or a Git tag must not become this tag: whoever may
 * name a branch would overwrite a release, the cache or a signature. A Git tag may be a version.
 * @param before what the rule itself, or a commit, says in front of the name; with a digit in it the
 *   name cannot choose the version
 */
export function isReserved(tag: string, git: GitName, before: string): boolean {
  if (isInternal(tag) || ofOthers.some((one) => one.test(tag))) return true;
  if (git !== 'pr' && pullRequest.test(tag)) return true;
  return git !== 'tag' && !/\d/.test(before) && version.test(tag);
}

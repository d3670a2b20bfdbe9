/** One image or folder that Trivy is pointed at, and how its report can be proven to be about just that. */
export interface Subject {
  /** For failures: `ghcr.io/owner/app@sha256:…`, or the path. */
  name: string;
  /** Arguments of Trivy: the command and its target. */
  args: readonly string[];
  /** Digest of the config of the image that was asked for; undefined where nobody knows it before. */
  imageId: string | undefined;
  /** `name@sha256:…` that has to be among those of the report. */
  repoDigest: string | undefined;
  /** `linux/amd64`; undefined where only the report tells. */
  platform: string | undefined;
  /** What tells it from the others of its target, where there are others: `linux/arm64`. */
  label?: string;
}

/** What was asked about: one thing, or every image of an index. */
export interface ScanTarget {
  /** For people, and for the output `image`: `ghcr.io/owner/app@sha256:…`, or the path. */
  name: string;
  /** `ghcr.io/owner/app`; undefined for what is in no registry. */
  repository: string | undefined;
  /** At least one. */
  subjects: readonly Subject[];
  /** Platforms of the same image that nobody looks at, as `platform` says. */
  others: readonly string[];
}

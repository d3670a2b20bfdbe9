/** What is running: shown on the page, proven by `/health`, stamped on every log line. */
export type Release = {
  readonly name: string;
  /** A semantic version, for example `1.4.0`. */
  readonly version: string;
  /** The commit the image was built from, or `unknown`. */
  readonly commit: string;
};

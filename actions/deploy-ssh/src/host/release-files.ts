import type { Host } from '../ssh/host.ts';

/** Where the files of a release come from. */
export interface ReleaseFiles {
  /** Digest of the files: the same for the same files. */
  readonly digest: string;
  /** Finds out whether a host can take them at all. Changes nothing. */
  check?(host: Host, signal: AbortSignal): Promise<void>;
  /** Makes `releases/<id>` on a host, complete and as it should be, or leaves nothing of it. */
  bring(host: Host, release: ReleasePlace): Promise<void>;
}

/** A release that is to be made. */
export interface ReleasePlace {
  /** The deployment's folder on the host; it is there, and locked. */
  path: string;
  id: string;
  /** The release that was proven last. */
  previous: string | undefined;
  signal: AbortSignal;
  say(line: string): void;
}

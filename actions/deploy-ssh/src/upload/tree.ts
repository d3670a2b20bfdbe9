/** A folder of a release, also an empty one. */
export interface Folder {
  kind: 'folder';
  /** From the root on, with `/`; no `./` in front, no `/` behind. */
  path: string;
  /** Permission bits only. */
  mode: number;
}

/** A regular file as it was found. */
export interface FoundFile {
  kind: 'file';
  path: string;
  mode: number;
  /** Bytes. */
  size: number;
  /** Seconds since 1970. Kept, as web servers make ETags of it. */
  modified: number;
}

/** A regular file whose content was read. */
export interface File extends FoundFile {
  /** In hex. */
  sha256: string;
}

/** A symbolic link; its target stays inside the release. */
export interface Link {
  kind: 'link';
  path: string;
  target: string;
}

export type FoundEntry = Folder | FoundFile | Link;
export type TreeEntry = Folder | File | Link;

/** What a release is made of. */
export interface Tree {
  /** The folder on this machine. */
  root: string;
  /** Sorted by the bytes of the path, so a folder comes before what is in it; without the root. */
  entries: readonly TreeEntry[];
  /** Number of regular files. */
  files: number;
  /** Sum of their sizes. */
  bytes: number;
  /** The SHA-256 of all files, as `sumsOf` writes them, gzipped. */
  sums: Buffer;
  /** Digest of all paths, kinds, modes, sizes, contents and link targets; see `treeDigest`. */
  digest: string;
}

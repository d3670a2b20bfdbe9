/** A file of a release. */
export interface Asset {
  id: number;
  name: string;
  label: string | null;
  contentType: string;
  content: Buffer;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

export interface Release {
  id: number;
  tagName: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  /** When it was made here; milliseconds since the epoch. */
  madeAt: number;
  /** What GitHub shows as that: the date of the commit, once it is published. */
  createdAt: number;
  publishedAt: number | null;
  updatedAt: number;
  assets: Asset[];
}

/** The releases of a repository. */
export class Releases {
  readonly #all = new Map<number, Release>();
  readonly #burned = new Set<string>();
  #ids = 1_000;
  #latest: number | undefined;

  /** Another id for a release or an asset. */
  nextId(): number {
    this.#ids += 1;
    return this.#ids;
  }

  /** All of them, newest first. */
  all(): Release[] {
    return [...this.#all.values()].sort((one, other) => newest(one, other));
  }

  get(id: number): Release | undefined {
    return this.#all.get(id);
  }

  /** The published release of a tag. */
  ofTag(tagName: string): Release | undefined {
    return this.all().find((one) => !one.draft && one.tagName === tagName);
  }

  /** The one that is shown as the latest: the chosen one, or else the newest full release. */
  latest(): Release | undefined {
    const full = this.all().filter(({ draft, prerelease }) => !draft && !prerelease);
    return full.find(({ id }) => id === this.#latest) ?? full[0];
  }

  keep(release: Release): void {
    this.#all.set(release.id, release);
    if (release.immutable) this.#burned.add(release.tagName);
  }

  /** Chooses the latest release; undefined: the newest one is. */
  choose(id: number | undefined): void {
    this.#latest = id;
  }

  remove(id: number): void {
    this.#all.delete(id);
  }

  /** Tags that an immutable release holds, and names that one has ever had. */
  held(): { locked: ReadonlySet<string>; burned: ReadonlySet<string> } {
    const immutable = this.all().filter((one) => one.immutable);
    return { locked: new Set(immutable.map(({ tagName }) => tagName)), burned: this.#burned };
  }

  asset(id: number): { release: Release; asset: Asset } | undefined {
    for (const release of this.#all.values()) {
      const asset = release.assets.find((one) => one.id === id);
      if (asset) return { release, asset };
    }
    return undefined;
  }
}

function newest(one: Release, other: Release): number {
  return other.createdAt - one.createdAt || other.id - one.id;
}

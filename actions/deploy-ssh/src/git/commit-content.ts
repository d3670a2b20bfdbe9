import { Failure } from '@slipway/shared/failure/failure';
import { unquotedPath } from './quoted-path.ts';

/** What a commit has beside files. */
export interface CommitContent {
  /** KiB that the mirror grew by. */
  fetched: number;
  /** Whether the server gave no commit by its name, so that all branches and tags were fetched. */
  whole: boolean;
  links: ReadonlyArray<{ path: string; target: string }>;
  submodules: readonly Submodule[];
}

/** A submodule as its commit records it. */
export interface Submodule {
  path: string;
  commit: string;
  /** From `.gitmodules`; undefined when that does not say. */
  url: string | undefined;
  /** Whether `.gitmodules` says that it is not to be checked out. */
  leftOut: boolean;
}

/** Reads what `fetchScript` printed. */
export function readCommit(printed: string): CommitContent {
  const said = (word: string) => new RegExp(`^${word} (.*)$`, 'm').exec(printed)?.[1];
  const bytes = (word: string) => Buffer.from(said(word) ?? '', 'base64');
  // The last line is missing where the output was too long.
  if (said('modules') === undefined) {
    throw Failure.of('git/links', { problem: 'has too many symbolic links or submodules' });
  }
  const entries = bytes('entries')
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, mode, id = '', path = ''] = /^(\d+) \w+ ([0-9a-f]+)\t(.*)$/.exec(line) ?? [];
      return mode === undefined ? [] : [{ mode, id, path: unquotedPath(path) }];
    });
  const targets = blobsOf(bytes('targets'));
  const settings = settingsOf(bytes('modules').toString());
  return {
    fetched: Number(said('fetched') ?? 0),
    whole: /^whole$/m.test(printed),
    links: entries
      .filter(({ mode }) => mode === '120000')
      .map(({ id, path }) => ({ path, target: targets.get(id) ?? '' })),
    submodules: entries
      .filter(({ mode }) => mode === '160000')
      .map(({ id, path }) => {
        const [name] = [...settings].find(([, { path: at }]) => at === path) ?? [''];
        const { url, update } = settings.get(name) ?? {};
        return { path, commit: id, url, leftOut: update === 'none' };
      }),
  };
}

/** Reads the output of `git cat-file --batch`: `<id> <type> <size>`, the content, a line break. */
function blobsOf(printed: Buffer): Map<string, string> {
  const blobs = new Map<string, string>();
  for (let at = 0; at < printed.length; ) {
    const end = printed.indexOf('\n', at);
    const [id = '', , size = ''] = printed.toString('latin1', at, end).split(' ');
    const length = Number(size);
    if (end < 0 || !Number.isInteger(length)) break;
    blobs.set(id, printed.toString('utf8', end + 1, end + 1 + length));
    at = end + 1 + length + 1;
  }
  return blobs;
}

interface ModuleSettings {
  path?: string;
  url?: string;
  update?: string;
}

/** Reads `git config -z --list` of a `.gitmodules`, by the names of the submodules. */
function settingsOf(printed: string): Map<string, ModuleSettings> {
  const modules = new Map<string, ModuleSettings>();
  for (const setting of printed.split('\0')) {
    const [, name, key = '', value] =
      /^submodule\.(.+)\.(path|url|update)\n(.*)$/s.exec(setting) ?? [];
    if (name !== undefined) modules.set(name, { ...modules.get(name), [key]: value });
  }
  return modules;
}

import { readdirSync, realpathSync, statSync } from 'node:fs';
import nativePath from 'node:path';
import { textField } from '../http/json.ts';
import { BadInput, type Input } from './input.ts';

/** What `node:path` has for one kind of system. */
type PathRules = Pick<typeof nativePath, 'isAbsolute' | 'relative' | 'sep'>;

/**
 * The real path behind the path of an input, with every link on the way followed: a link in a
 * repository must not bring other files of the machine into an upload, a scan or a message. Open
 * the path that is returned: the one that was given could become a link later.
 * @param roots folders of the job; a path is read from the first one on, and one that is written as
 *   in a root has to be in that root
 * @returns undefined when it leads out of the roots. A path that is not there counts by its nearest
 *   folder that is.
 */
export function realPathIn(roots: readonly string[], value: string): string | undefined {
  const path = nativePath.resolve(roots[0] ?? '', value);
  const real = realPath(path);
  if (real === undefined) return undefined;
  const inRoot = roots.some((root) => {
    const folder = nativePath.resolve(root);
    const realFolder = realPath(folder);
    if (realFolder === undefined) return false;
    const written = leadsInside(folder, path) || leadsInside(realFolder, path);
    return written && leadsInside(realFolder, real);
  });
  return inRoot ? real : undefined;
}

/** A folder inside the workspace that is there. @returns its real path */
export function folderIn(workspace: string, example = '.'): Input<string> {
  return { example, parse: (value) => found([workspace], value, { kind: 'folder', example }) };
}

/** A file inside the workspace that is there. @returns its real path */
export function fileIn(workspace: string, example: string): Input<string> {
  return { example, parse: (value) => found([workspace], value, { kind: 'file', example }) };
}

/**
 * The real path of a file or folder that is there.
 * @param roots the workspace, and RUNNER_TEMP where files of the job are meant too
 * @throws BadInput that says where else it leads, or that it is not there
 */
export function found(
  roots: readonly string[],
  value: string,
  { kind, example }: { kind: 'file' | 'folder' | 'file or folder'; example: string },
): string {
  if (/^\w{2,}:\/\//.test(value)) throw new BadInput(`is not a ${kind} but an address`, example);
  const path = realPathIn(roots, value);
  if (path === undefined)
    throw new BadInput(`is not a ${kind} inside ${places(roots)}: ${value}`, example);
  const stats = statSync(path, { throwIfNoEntry: false });
  const right = { file: stats?.isFile(), folder: stats?.isDirectory(), 'file or folder': !!stats };
  if (!right[kind]) throw new BadInput(`is a ${kind} that is not there: ${value}`, example);
  return path;
}

function places(roots: readonly string[]): string {
  return roots.length > 1 ? 'the workspace or RUNNER_TEMP' : 'the workspace';
}

/** Whether a path is a file. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether a folder has nothing in it, as a workspace without actions/checkout. */
export function isEmptyFolder(path: string): boolean {
  return readdirSync(path).length === 0;
}

/**
 * Whether a path is written as inside a folder, or as that folder itself. Nothing is looked up.
 * @param rules those of Windows, for instance: another drive or another host is absolute there
 */
export function leadsInside(
  folder: string,
  path: string,
  { isAbsolute, relative, sep }: PathRules = nativePath,
): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

// A file that is not there has no real path, but its folder has one. A path that cannot be followed,
// such as a circle of links, has none at all.
function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const code = textField(error, 'code');
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return undefined;
    const above = nativePath.dirname(path);
    return above === path ? path : below(realPath(above), nativePath.basename(path));
  }
}

function below(folder: string | undefined, name: string): string | undefined {
  return folder === undefined ? undefined : nativePath.join(folder, name);
}

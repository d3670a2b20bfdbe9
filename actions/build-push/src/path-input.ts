import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { BadInput, type Input } from '@slipway/shared/action/input';

/** A folder inside the workspace that is there. @returns its absolute path */
export function folderIn(workspace: string): Input<string> {
  return {
    example: '.',
    parse(value) {
      if (/^\w+:\/\//.test(value)) throw new BadInput('is not a folder but an address', '.');
      const folder = resolve(workspace, value);
      if (!isInside(workspace, folder)) {
        throw new BadInput('is not a folder inside the workspace', '.');
      }
      if (!isFolder(folder)) throw new BadInput(`is a folder that is not there: ${value}`, '.');
      return folder;
    },
  };
}

/**
 * Whether a path is inside a folder, or that folder itself. Links count as what they point to: a
 * link in a repository must not bring other files of the machine into a build.
 */
export function isInside(folder: string, path: string): boolean {
  return leadsInside(folder, path) && leadsInside(real(folder), real(path, folder));
}

/** Whether a path is a file. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function leadsInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

// A path that is not there points nowhere else either.
function real(path: string, otherwise = path): string {
  try {
    return realpathSync.native(path);
  } catch {
    return otherwise === path ? path : real(otherwise);
  }
}

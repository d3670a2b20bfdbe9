import { statSync } from 'node:fs';
import { join } from 'node:path';
import { BadInput, type Input } from '@slipway/shared/action/input';
import { found, isFile } from '@slipway/shared/action/path-input';
import { isDigest } from '@slipway/shared/image/reference';

/** Something on this machine that is scanned instead of an image in a registry. */
export interface LocalInput {
  kind: 'archive' | 'layout' | 'folder';
  /** Absolute path. */
  path: string;
  /** Image of a layout. */
  digest: string | undefined;
  /** As it was given. */
  shown: string;
}

/**
 * A tar archive, an image in a layout, or a folder. What it is shows when it is looked at.
 * @param roots folders of the job, the workspace first
 */
export function localInput(roots: readonly string[]): Input<LocalInput> {
  const example = 'image.tar';
  return {
    example,
    parse(value) {
      const [, before = '', after = ''] = /^(.*)@([^@/]+:[^@/]*)$/.exec(value) ?? [];
      const digest = isDigest(after) ? after : undefined;
      const path = found(roots, digest ? before : value, { kind: 'file or folder', example });
      const marker = statSync(join(path, 'oci-layout'), { throwIfNoEntry: false });
      const kind = isFile(path) ? 'archive' : marker?.isFile() ? 'layout' : 'folder';
      if (digest && kind !== 'layout') {
        throw new BadInput('has a digest, which only goes with an OCI layout', example);
      }
      return { kind, path, digest, shown: value };
    },
  };
}

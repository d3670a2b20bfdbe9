import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput, type Input } from '@slipway/shared/action/input';
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

/** A tar archive, an image in a layout, or a folder. What it is shows when it is looked at. */
export function localInput(workspace: string): Input<LocalInput> {
  return {
    example: 'image.tar',
    parse(value) {
      const [, before = '', after = ''] = /^(.*)@([^@/]+:[^@/]*)$/.exec(value) ?? [];
      const digest = isDigest(after) ? after : undefined;
      const path = resolve(workspace, digest ? before : value);
      const found = statSync(path, { throwIfNoEntry: false });
      if (!found) throw new BadInput(`is a path that is not there: ${value}`, 'image.tar');
      const marker = statSync(join(path, 'oci-layout'), { throwIfNoEntry: false });
      const kind = found.isFile() ? 'archive' : marker?.isFile() ? 'layout' : 'folder';
      if (digest && kind !== 'layout') {
        throw new BadInput('has a digest, which only goes with an OCI layout', 'image.tar');
      }
      return { kind, path, digest, shown: value };
    },
  };
}

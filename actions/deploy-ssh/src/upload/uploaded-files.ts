import type { ReleaseFiles } from '../host/release-files.ts';
import { inputFailure } from '../input-failure.ts';
import type { Tree } from './tree.ts';
import { uploadRelease } from './upload.ts';

/**
 * The files of a folder of this machine, which are sent.
 * @param source the folder, as the user named it
 * @throws Failure `action/input` when there is nothing to send
 */
export function uploadedFiles(tree: Tree, source: string): ReleaseFiles {
  if (tree.entries.every(({ kind }) => kind === 'folder')) {
    throw inputFailure(
      'source',
      `names ${source}, which holds no file to send once .git and what .slipwayignore names are left out`,
      'the folder that a build step has filled, such as dist',
    );
  }
  return {
    digest: tree.digest,
    async bring(host, place) {
      const { files, bytes, how, sent } = await uploadRelease(host, { tree, ...place });
      place.say(`uploaded ${files} files, ${bytes} bytes (${how}, ${sent} sent)`);
    },
  };
}

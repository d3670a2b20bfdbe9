import type { ReleaseFiles } from '../release/files.ts';
import type { Tree } from './tree.ts';
import { uploadRelease } from './upload.ts';

/** The files of a folder of this machine, which are sent. */
export function uploadedFiles(tree: Tree): ReleaseFiles {
  return {
    proof: tree.proof,
    async bring(host, place) {
      const { files, bytes, how, sent } = await uploadRelease(host, { tree, ...place });
      place.say(`uploaded ${files} files, ${bytes} bytes (${how}, ${sent} sent)`);
    },
  };
}

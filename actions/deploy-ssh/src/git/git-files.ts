import type { ReleaseFiles } from '../host/release-files.ts';
import { mustSucceed } from '../ssh/script/remote-script.ts';
import { shownName } from '../upload/shown-name.ts';
import { checkoutScript, readCheckout } from './checkout-script.ts';
import { type FetchSettings, fetchCommit } from './fetch-commit.ts';
import { checkGit } from './tools.ts';

/** Which commit is deployed, and a way to warn. */
export interface GitSettings extends FetchSettings {
  /** An annotation. */
  warn(text: string): void;
}

/** The files of a commit, which each host fetches by itself. */
export function gitFiles(settings: GitSettings): ReleaseFiles {
  const { repository, commit, submodules } = settings;
  let warned = false;
  return {
    digest: `git:${commit}${submodules ? '' : ':without-submodules'}`,

    check: (host, signal) => checkGit(host, settings, signal),

    async bring(host, place) {
      const { parts, fetched } = await fetchCommit(host, settings, place);
      const what = 'checking out the commit';
      const script = checkoutScript(place.path, place.id, parts);
      const ended = mustSucceed(await host.run(what, script, place.signal), what, host.address);
      const { files, pointers } = readCheckout(ended.stdout);
      const more = parts.length > 1 ? ` with ${parts.length - 1} submodules` : '';
      place.say(
        `checked out ${commit} of ${repository.address}${more}: ${files} files (${fetched} KiB fetched)`,
      );
      // Every host has the same.
      if (pointers.count > 0 && !warned) {
        warned = true;
        settings.warn(
          `Git LFS has the content of ${pointers.count} files, such as ${shownName(pointers.first)}; the release has only their pointers, as mode git does not fetch it. Mode release uploads what actions/checkout fetched with \`lfs: true\`.`,
        );
      }
    },
  };
}

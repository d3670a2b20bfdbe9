import { BadInput } from '@slipway/shared/action/input';
import { Failure } from '@slipway/shared/failure/failure';
import { shownName } from '../upload/shown-name.ts';
import type { ReleasePart } from './checkout-script.ts';
import type { Submodule } from './commit-content.ts';
import type { Access } from './repository/access.ts';
import { overHttps } from './repository/over-https.ts';
import { relativeAddress } from './repository/relative-address.ts';
import { repositoryAddress } from './repository/repository.ts';

/**
 * The part of a release that a submodule is.
 * @param above the part that it lies in
 * @throws Failure `git/submodule` when its address is missing or none that is fetched from
 */
export function partOf(
  { path, commit, url }: Submodule,
  above: ReleasePart,
  access: Access,
): ReleasePart {
  const folder = inFolder(above.folder, path);
  if (url === undefined) throw submoduleFailure(folder, 'has no address in .gitmodules');
  const address = relativeAddress(above.repository.address, url);
  if (address === undefined) throw submoduleFailure(folder, 'has an address that goes up too far');
  try {
    const repository = repositoryAddress.parse(address);
    // A repository from elsewhere must not read folders of the host.
    if (repository.kind === 'file' && above.repository.kind !== 'file') {
      throw new BadInput('is a folder on the host', '');
    }
    return { repository: overHttps(repository, access), commit, folder };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw submoduleFailure(folder, `has an address that ${error.message}`);
  }
}

/** @param wrong what is wrong, in words that follow the submodule's name */
export function submoduleFailure(folder: string, wrong: string): Failure {
  return Failure.of('git/submodule', { path: shownName(folder), wrong });
}

/** A path of a part, from the release on. */
export function inFolder(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}

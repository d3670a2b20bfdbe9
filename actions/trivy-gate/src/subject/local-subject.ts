import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import { layoutSubjects } from './layout.ts';
import type { LocalInput } from './local-input.ts';
import type { ScanTarget } from './subject.ts';

/**
 * What the input `input` names, on this machine.
 * @param folder private folder
 * @throws Failure `image/*` for what is wrong with a layout
 */
export async function localTarget(input: LocalInput, folder: string): Promise<ScanTarget> {
  const { kind, path, shown } = input;
  const unbound = { imageId: undefined, repoDigest: undefined, platform: undefined };
  const args = kind === 'folder' ? ['filesystem', path] : ['image', '--input', path];
  const subjects =
    kind === 'layout' ? await layoutSubjects(input, folder) : [{ ...unbound, name: shown, args }];
  return { name: shown, repository: undefined, subjects, others: [] };
}

/** An image of the Docker engine of this machine. */
export function engineTarget(reference: ImageReference): ScanTarget {
  const name = formatReference(reference);
  const repository = repositoryName(reference);
  const subject = {
    name,
    args: ['image', '--image-src', 'docker', name],
    imageId: undefined,
    repoDigest: reference.digest && `${repository}@${reference.digest}`,
    platform: undefined,
  };
  return { name, repository, subjects: [subject], others: [] };
}

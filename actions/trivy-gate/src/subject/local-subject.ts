import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@slipway/shared/failure/failure';
import { field, parseJson, textField } from '@slipway/shared/http/json';
import {
  formatReference,
  type ImageReference,
  repositoryName,
} from '@slipway/shared/image/reference';
import type { LocalInput } from './local-input.ts';
import type { Subject } from './subject.ts';

/** What the input `input` names, on this machine. */
export async function localSubject(input: LocalInput): Promise<Subject> {
  const unbound = { repository: undefined, repoDigest: undefined, platform: undefined, others: [] };
  const { path, shown } = input;
  if (input.kind === 'folder') {
    return { ...unbound, name: shown, args: ['filesystem', path], imageId: undefined };
  }
  const target = input.kind === 'layout' && input.digest ? `${path}@${input.digest}` : path;
  const args = ['image', '--input', target];
  if (input.kind === 'archive' || !input.digest) {
    return { ...unbound, name: shown, args, imageId: undefined };
  }
  return { ...unbound, name: shown, args, imageId: await configIn(path, input.digest, shown) };
}

/** An image of the Docker engine of this machine. */
export function engineImage(reference: ImageReference): Subject {
  const name = formatReference(reference);
  const repository = repositoryName(reference);
  return {
    name,
    repository,
    args: ['image', '--image-src', 'docker', name],
    imageId: undefined,
    repoDigest: reference.digest && `${repository}@${reference.digest}`,
    platform: undefined,
    others: [],
  };
}

/** Digest of the config of an image in a layout; undefined for an index. */
async function configIn(
  folder: string,
  digest: string,
  shown: string,
): Promise<string | undefined> {
  try {
    const manifest = await readFile(join(folder, 'blobs', ...digest.split(':')), 'utf8');
    return textField(field(parseJson(manifest), 'config'), 'digest');
  } catch (error) {
    throw Failure.of('image/not-found', { image: shown }, error);
  }
}

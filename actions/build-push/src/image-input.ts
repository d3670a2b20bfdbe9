import { BadInput, type Input } from '@slipway/shared/action/input';
import type { ImageReference } from '@slipway/shared/image/reference';
import { referenceInput } from '@slipway/shared/image/reference-input';

const repository = 'ghcr.io/owner/app';
const image = `${repository}@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Repositories without tag or digest, one a line or with commas; at least one. */
export const repositoryList: Input<ImageReference[]> = {
  multiline: true,
  longest: 10_000,
  example: repository,
  parse(value) {
    const lines = value.split(/[\n,]/).map((line) => line.trim());
    const given = lines.filter((line) => line !== '' && !line.startsWith('#'));
    if (given.length === 0) throw new BadInput('names no repository', repository);
    return given.map((line) => {
      const parsed = referenceInput(line, repository);
      if (parsed.digest)
        throw new BadInput(`has a digest where a repository belongs: ${line}`, repository);
      if (parsed.tag) throw new BadInput(`has a tag, which belongs into tags: ${line}`, repository);
      return parsed;
    });
  },
};

/** An image that exists, by digest or tag. */
export const existingImage: Input<ImageReference> = {
  example: image,
  parse(value) {
    const parsed = referenceInput(value, image);
    if (!parsed.digest && !parsed.tag) throw new BadInput('has neither digest nor tag', image);
    return parsed;
  },
};

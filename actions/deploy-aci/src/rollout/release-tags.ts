import { isJsonObject, type JsonObject, textIn } from '@slipway/shared/document/json-object';
import { cut } from '@slipway/shared/secrets/cut';
import { imageTag } from '../group/document/writable.ts';

/** What a container group says about the release that it runs. */
export interface Release {
  /** By digest. */
  image: string;
  previousImage: string | undefined;
  commit: string;
  /** Address of the run. */
  run: string;
}

/** Names of the tags, which the same PUT writes as the group. */
export const releaseTags = {
  image: imageTag,
  previousImage: 'slipway-previous-image',
  commit: 'slipway-commit',
  run: 'slipway-run',
  /** On a candidate: name of the group that it rehearses for. */
  candidate: 'slipway-candidate-of',
} as const;

// https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
const longestValue = 256;

/** The same document, with the tags of a release. */
export function withRelease(document: JsonObject, release: Release): JsonObject {
  const { commit, image, previousImage, run } = release;
  return withTags(document, {
    [releaseTags.image]: image,
    [releaseTags.previousImage]: previousImage,
    [releaseTags.commit]: commit,
    [releaseTags.run]: run,
  });
}

/** The same document with other tags; one that is undefined or empty goes away. */
export function withTags(
  document: JsonObject,
  changed: Readonly<Record<string, string | undefined>>,
): JsonObject {
  const tags = Object.entries(changed).filter(([, value]) => value);
  const others = Object.entries(tagsOf(document)).filter(([name]) => !(name in changed));
  const written = tags.map(([name, value = '']) => [name, cut(value, longestValue)]);
  return { ...document, tags: Object.fromEntries([...others, ...written]) };
}

/** A tag of a group; undefined when it has no such thing. */
export function tagOf(group: JsonObject | undefined, name: string): string | undefined {
  return group && textIn(tagsOf(group), name);
}

function tagsOf({ tags }: JsonObject): JsonObject {
  return isJsonObject(tags) ? tags : {};
}

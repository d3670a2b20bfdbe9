import type { ComputedTag, Within } from './computed-tag.ts';
import { loadScheme, type ParsedVersion, type Scheme } from './versions.ts';

/** A tag that stays where it is, and the reason as a sentence. */
export interface HeldTag {
  tag: string;
  why: string;
}

/**
 * Decides which tags of one repository may move: `latest`, `1` and `1.2` only to the highest stable
 * version overall, of 1.x and of 1.2.x, among the tags that are there and the one of this run. A
 * prerelease never moves them; the same version again does, so that a run can be repeated. Only
 * tags that are whole versions (`1.2.3`, `v1.2.3`, with the rule's own prefix and suffix) count.
 * @param existingTags all tags of the repository; of several repositories, ask for each
 */
export async function keepHighest(
  computed: readonly ComputedTag[],
  existingTags: readonly string[],
): Promise<{ kept: ComputedTag[]; held: HeldTag[] }> {
  const kept: ComputedTag[] = [];
  const held: HeldTag[] = [];
  for (const tag of computed) {
    const why = tag.within && (await whyHeld(tag.tag, tag.within, existingTags));
    if (why === undefined) kept.push(tag);
    else held.push({ tag: tag.tag, why });
  }
  return { kept, held };
}

async function whyHeld(
  tag: string,
  within: Within,
  existingTags: readonly string[],
): Promise<string | undefined> {
  const { release } = within;
  if (!release.stable) return `${release.version} is a prerelease, and ${tag} is for stable ones`;
  const scheme = await loadScheme(release.scheme);
  let highest = release;
  let name = '';
  for (const existing of existingTags) {
    const rival = readRival(existing, within, scheme);
    if (!rival || scheme.compare(rival, highest) <= 0) continue;
    highest = rival;
    name = existing;
  }
  if (name === '') return undefined;
  return `${tag} stays, as ${release.version} is older than ${name} in the registry`;
}

/** The version in an existing tag, when it is stable and could claim the same moving tag. */
function readRival(
  tag: string,
  { shares, prefix, suffix }: Within,
  scheme: Scheme,
): ParsedVersion | undefined {
  // A `v` before the number is optional in every version.
  const start = prefix.replace(/v$/, '');
  if (!tag.startsWith(start) || !tag.endsWith(suffix)) return undefined;
  const text = tag.slice(start.length, tag.length - suffix.length);
  // Without a dot PEP 440 would take a date or a build number for a huge version.
  const rival = text.includes('.') ? scheme.parse(text) : undefined;
  if (!rival?.stable) return undefined;
  const { major, minor, patch } = { ...rival, ...shares };
  const same = major === rival.major && minor === rival.minor && patch === rival.patch;
  return same ? rival : undefined;
}

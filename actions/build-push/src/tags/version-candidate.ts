import type { Around, Candidate, Nothing } from './candidate.ts';
import { type TagFacts, versionOf } from './facts.ts';
import { InvalidTags } from './invalid-tags.ts';
import { matchGroup } from './regexp.ts';
import { render, renderText } from './render.ts';
import type { VersionRule } from './rule.ts';
import type { Piece } from './template.ts';
import { loadScheme, type ParsedVersion } from './versions.ts';

/**
 * Applies a semver or pep440 rule. As in docker/metadata-action a prerelease gives its whole version
 * whatever the pattern, unless that is `{{raw}}`. Other than there, `{{major}}` alone is left out
 * for 0.x, where each minor version may break, and a `match` that fails gives nothing instead of
 * going on with the whole Git tag.
 * @throws InvalidTags when `value` is plain text and not a version
 */
export async function versionCandidate(
  rule: VersionRule,
  facts: TagFacts,
): Promise<Candidate | Nothing> {
  const source = renderText(rule.value, facts) || versionOf(facts);
  if (source === '') return { nothing: 'needs a Git tag, the input version or value=' };
  const text = rule.match ? matchGroup(rule.match, source, 1)?.text : source;
  if (text === undefined) return { nothing: `does not match ${source}` };

  const release = (await loadScheme(rule.type)).parse(text.replaceAll('/', '-'));
  const title = rule.type === 'semver' ? 'semantic version' : 'PEP 440 version';
  if (!release) {
    const [only] = rule.value;
    if (only?.kind !== 'text') return { nothing: `${text} is not a ${title}` };
    throw new InvalidTags([`value "${text}" is not a ${title}. Valid: value=v1.2.3`]);
  }

  const { pattern } = rule;
  const around = aroundVersion(rule, facts);
  if (!release.stable) {
    const [only] = pattern;
    const raw = pattern.length === 1 && isVersion(only) && only.name === 'raw';
    const whole = raw ? release.raw : release.version;
    return { body: [{ text: whole, git: 'tag' }], release, around };
  }
  const shares = sharesOf(rule, release);
  if (release.major === 0 && shares && Object.keys(shares).join() === 'major') {
    return { nothing: `leaves {{major}} out for the 0.x version ${release.version}` };
  }
  return { body: render(pattern, facts, release), release, around, shares };
}

/** What a version must share for this tag to be its; undefined for a tag that never moves on. */
function sharesOf(rule: VersionRule, release: ParsedVersion): Candidate['shares'] {
  const pieces = [...rule.prefix, ...rule.pattern, ...rule.suffix];
  const names = new Set(pieces.filter(isVersion).map(({ name }) => name));
  const parts = (['major', 'minor', 'patch'] as const).filter((part) => names.has(part));
  const whole = names.has('raw') || names.has('version') || parts.length === 3;
  if (whole || pieces.some(isUnique)) return undefined;
  return Object.fromEntries(parts.map((part) => [part, release[part]]));
}

function aroundVersion({ pattern }: VersionRule, facts: TagFacts): Around {
  const first = pattern.findIndex(isVersion);
  const last = pattern.findLastIndex(isVersion);
  if (first < 0) return { prefix: '', suffix: '' };
  return {
    prefix: renderText(pattern.slice(0, first), facts),
    suffix: renderText(pattern.slice(last + 1), facts),
  };
}

function isVersion(piece: Piece | undefined): piece is Extract<Piece, { kind: 'version' }> {
  return piece?.kind === 'version';
}

// A commit or a date in the tag makes it one of a kind.
function isUnique(piece: Piece): boolean {
  return piece.kind === 'date' || (piece.kind === 'fact' && piece.name === 'sha');
}

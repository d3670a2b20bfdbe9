import type { Around, Candidate, Nothing } from './candidate.ts';
import type { ComputedTag } from './computed-tag.ts';
import { defaultRules } from './default-rules.ts';
import { isDefaultBranch, type TagFacts, versionOf } from './facts.ts';
import { joinTag } from './git-name.ts';
import { InvalidTags, ruleName } from './invalid-tags.ts';
import { whyIllegal } from './legal.ts';
import { render } from './render.ts';
import { isInternal } from './reserved.ts';
import type { Rule } from './rule.ts';
import { candidateOf } from './rule-candidate.ts';
import { loadScheme, type ParsedVersion } from './versions.ts';

interface TagCandidate extends Candidate {
  rule: Rule;
  tag: string;
  prefix: string;
  suffix: string;
}

/**
 * The tags that this run wants, highest priority first: the first is the version. Tags that follow
 * the highest version (`latest`, `1`, `1.2`) still have to pass `keepHighest`.
 *
 * `latest` comes by itself, last, with a stable version from a semver, pep440, match or ref,event=tag
 * rule, unless that has a prefix other than `v` or a suffix (`-alpine` is a variant, and several
 * variants cannot share one `latest`), or a rule says `latest=false`.
 * @param given none: the default rules
 * @throws InvalidTags when rules cannot hold on this run, or when none of them gives a tag
 */
export async function computeTags(given: readonly Rule[], facts: TagFacts): Promise<ComputedTag[]> {
  const version = (await loadScheme('semver')).parse(versionOf(facts));
  const rules = given.length > 0 ? given : defaultRules(version !== undefined);

  const wanted: TagCandidate[] = [];
  const nothing: string[] = [];
  const problems: string[] = [];
  for (const rule of rules) {
    try {
      const result = await apply(rule, facts);
      if ('nothing' in result) nothing.push(`${ruleName(rule)} ${result.nothing}`);
      else wanted.push(result);
    } catch (error) {
      if (!(error instanceof InvalidTags)) throw error;
      problems.push(`Input tags, ${ruleName(rule)}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new InvalidTags(problems);
  if (wanted.length === 0) throw new InvalidTags([noTag(facts, nothing)]);

  const sorted = wanted.toSorted((a, b) => b.rule.priority - a.rule.priority);
  const release = sorted.find((one) => one.release)?.release ?? version;
  return withoutTwins([...sorted.map((one) => computed(one, release)), ...automaticLatest(sorted)]);
}

async function apply(rule: Rule, facts: TagFacts): Promise<TagCandidate | Nothing> {
  if (!isEnabled(rule, facts)) return { nothing: 'is switched off by enable=' };
  const candidate = await candidateOf(rule, facts);
  if ('nothing' in candidate) return candidate;

  const [prefix, suffix] = [render(rule.prefix, facts), render(rule.suffix, facts)];
  const tag = joinTag([...prefix, ...candidate.body, ...suffix]);
  if (tag === '') return { nothing: 'has only expressions that are empty here' };
  const why = isInternal(tag)
    ? 'this action or the registry writes for itself'
    : whyIllegal(tag, 'all');
  if (why === undefined) {
    return { ...candidate, rule, tag, prefix: joinTag(prefix), suffix: joinTag(suffix) };
  }
  const hint = /^[.-]/.test(tag)
    ? `; if an expression is empty on the event ${facts.github.eventName}, add enable= to the rule`
    : '';
  throw new InvalidTags([`gives the tag "${tag}", which ${why}${hint}. Valid: 1.2.3 or main`]);
}

function isEnabled({ enable = true }: Rule, { github }: TagFacts): boolean {
  if (typeof enable === 'boolean') return enable;
  return isDefaultBranch(github) === (enable === 'is_default_branch');
}

function computed(one: TagCandidate, run: ParsedVersion | undefined): ComputedTag {
  const { rule, tag } = one;
  const base = { tag, rule: rule.text, priority: rule.priority };
  // Also a `latest` that was asked for by name must not go back to an old version.
  const named = rule.type === 'raw' && one.body.map(({ text }) => text).join('') === 'latest';
  const shares = named ? {} : one.shares;
  const release = one.release ?? run;
  if (!shares || !release) return { ...base, moves: 'always' };
  return { ...base, moves: 'if-highest', within: { release, shares, ...around(one) } };
}

function automaticLatest(wanted: readonly TagCandidate[]): ComputedTag[] {
  const leader = wanted.find((one) => {
    const { prefix, suffix } = around(one);
    return one.release?.stable && /^v?$/.test(prefix) && suffix === '';
  });
  if (!leader?.release || wanted.some(({ rule }) => !rule.latest)) return [];
  const within = { release: leader.release, shares: {}, prefix: '', suffix: '' };
  const rule = `automatic latest of ${leader.rule.text}`;
  return [{ tag: 'latest', rule, priority: 0, moves: 'if-highest', within }];
}

function around(one: TagCandidate): Around {
  return {
    prefix: one.prefix + (one.around?.prefix ?? ''),
    suffix: (one.around?.suffix ?? '') + one.suffix,
  };
}

/** Of the same tag the first stays, but careful if any of them is. */
function withoutTwins(tags: readonly ComputedTag[]): ComputedTag[] {
  const unique = new Map<string, ComputedTag>();
  for (const tag of tags) {
    const twin = unique.get(tag.tag);
    if (!twin) unique.set(tag.tag, tag);
    else if (twin.moves === 'always') {
      unique.set(tag.tag, { ...tag, rule: twin.rule, priority: twin.priority });
    }
  }
  return [...unique.values()];
}

function noTag({ github }: TagFacts, reasons: readonly string[]): string {
  const event = `the event ${github.eventName || '(none)'} on ${github.ref || 'no ref'}`;
  return (
    `Input tags: no rule gives a tag for ${event}: ${reasons.join('; ')}. ` +
    'Valid: a rule for this event beside them, such as type=ref,event=branch or type=sha'
  );
}

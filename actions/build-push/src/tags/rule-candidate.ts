import type { Candidate, Nothing } from './candidate.ts';
import type { Within } from './computed-tag.ts';
import {
  branchOf,
  commitOf,
  gitTagOf,
  isDefaultBranch,
  pullRequestOf,
  type TagFacts,
} from './facts.ts';
import type { Segment } from './git-name.ts';
import { matchGroup } from './regexp.ts';
import { render, renderText } from './render.ts';
import type { MatchRule, RefRule, Rule } from './rule.ts';
import { versionCandidate } from './version-candidate.ts';
import { loadScheme, type ParsedVersion } from './versions.ts';

/**
 * Applies one rule to the run.
 * @throws InvalidTags when the rule cannot hold on this run
 */
export async function candidateOf(rule: Rule, facts: TagFacts): Promise<Candidate | Nothing> {
  const { github } = facts;
  switch (rule.type) {
    case 'schedule':
      return github.eventName === 'schedule'
        ? { body: render(rule.pattern, facts) }
        : { nothing: 'needs the event schedule' };
    case 'semver':
    case 'pep440':
      return versionCandidate(rule, facts);
    case 'match':
      return matchCandidate(rule, facts);
    case 'edge': {
      const branch = branchOf(github);
      const fits = rule.branch === '' ? isDefaultBranch(github) : branch === rule.branch;
      return fits && branch !== ''
        ? { body: [{ text: 'edge' }] }
        : { nothing: `needs the branch ${rule.branch || 'that is the default one'}` };
    }
    case 'ref':
      return refCandidate(rule, facts);
    case 'raw':
      return { body: render(rule.value, facts) };
    case 'sha': {
      const commit = commitOf(github);
      if (commit === '') return { nothing: 'needs a commit' };
      return { body: [{ text: rule.format === 'long' ? commit : commit.slice(0, 7) }] };
    }
  }
}

async function refCandidate(
  { event }: RefRule,
  { github }: TagFacts,
): Promise<Candidate | Nothing> {
  if (event === 'pr') {
    const number = pullRequestOf(github);
    if (number === undefined) return { nothing: 'needs a pull request' };
    return { body: [{ text: String(number), git: 'pr' }] };
  }
  const name = event === 'branch' ? branchOf(github) : gitTagOf(github);
  if (name === '') return { nothing: event === 'branch' ? 'needs a branch' : 'needs a Git tag' };
  const body: Segment[] = [{ text: name, git: event }];
  if (event === 'branch') return { body };
  return { body, release: (await loadScheme('semver')).parse(name) };
}

async function matchCandidate(rule: MatchRule, facts: TagFacts): Promise<Candidate | Nothing> {
  const source = renderText(rule.value, facts) || gitTagOf(facts.github);
  if (source === '') return { nothing: 'needs a Git tag or value=' };
  const found = matchGroup(rule.pattern, source, rule.group);
  if (!found?.text) return { nothing: `does not match ${source}` };

  // `\d.\d.\d` on v1.2.3-rc.1 gives 1.2.3, but what gets built is still a prerelease.
  const { parse } = await loadScheme('semver');
  const release = parse(source) ?? parse(source.slice(found.start));
  const { text } = found;
  return { body: [{ text }], release, shares: release && sharesOf(text, release) };
}

// `v(\d+\.\d+)` on v1.2.3 gives 1.2, which moves with every 1.2.x just as {{major}}.{{minor}} does.
function sharesOf(text: string, { major, minor }: ParsedVersion): Within['shares'] | undefined {
  const number = text.replace(/^v/, '');
  if (number === `${major}.${minor}`) return { major, minor };
  return number === String(major) ? { major } : undefined;
}

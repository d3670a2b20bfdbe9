import { gantt } from '@slipway/shared/action/gantt';
import { codeSpan, escapeMarkdown, table } from '@slipway/shared/action/markdown';
import { Failure } from '@slipway/shared/failure/failure';
import { cut } from '@slipway/shared/secrets/cut';
import type { TimelineEntry } from '@slipway/shared/time/timeline';
import { reasons } from './analyse.ts';
import type { Decision } from './decide.ts';
import type { Move } from './moving-tags.ts';
import type { GitHubRelease } from './release/release.ts';
import type { Settings } from './settings.ts';
import type { Survey } from './survey.ts';

const mostRows = 50;

/** Everything there is to say about a run, also about one that failed. */
export interface Report {
  mode: Settings['mode'];
  repositoryUrl: string;
  sha: string;
  decision?: Decision;
  survey?: Survey;
  notes: string;
  created: boolean;
  moves: readonly Move[];
  /** How often other runs were faster. */
  lost: number;
  release?: GitHubRelease;
  timeline: readonly TimelineEntry[];
  failure?: Failure;
}

/** The outputs of semver-tag. */
export function tagOutputs(report: Report) {
  const { created, decision, failure, mode, notes, release, sha, survey } = report;
  const red = failure !== undefined && !created;
  return {
    version: red && mode !== 'preview' ? '' : (decision?.version.text ?? ''),
    tag: red ? '' : (decision?.tag ?? ''),
    'previous-tag': decision?.previousTag ?? '',
    bump: decision?.bump ?? 'none',
    created: String(created),
    sha: decision?.sha ?? sha,
    'superseded-by': survey?.newer?.name ?? '',
    notes,
    'release-url': release?.url ?? '',
    reason: failure?.code ?? '',
  };
}

/** The last line of a run: what is there now. */
export function tagClosing(report: Report): string {
  const { created, decision, failure, moves, release, sha } = report;
  const moved = moves.length > 0 ? `, ${moves.map(({ name }) => name).join(' and ')} with it` : '';
  const released = release ? `, ${release.draft ? 'drafted' : 'released'} at ${release.url}` : '';
  if (failure) {
    const verdict = failure.code === 'action/cancelled' ? 'cancelled' : 'failed';
    if (!created) return `${verdict}: no tag was written.`;
    return `${verdict}: ${decision?.tag} is written${moved}, but not all that follows.`;
  }
  return decision ? `${headline(report, decision)} (${sha.slice(0, 7)})${moved}${released}.` : '';
}

function headline(report: Report, decision: Decision): string {
  const { created, mode, moves, survey } = report;
  const { kind, tag, version, previousTag } = decision;
  if (mode === 'dev') return `version ${version.text}`;
  if (kind === 'nothing' && survey?.holder) {
    return `nothing to tag: ${tag} has this commit in its history`;
  }
  if (kind === 'nothing') return `nothing to tag: no commit since ${tag} asks for a version`;
  if (kind === 'exists') return `${tag} is there already${moves.length > 0 ? ', moved' : ''}`;
  if (mode === 'preview') return `would tag ${tag}${previousTag ? ` after ${previousTag}` : ''}`;
  return created
    ? `tagged ${tag}${previousTag ? ` after ${previousTag}` : ''}`
    : `not tagged ${tag}`;
}

/** The job summary: verdict first, then why this version, what followed, and the notes. */
export function tagSummary(report: Report): string {
  const { created, decision, failure, notes, timeline } = report;
  const title = decision && !failure ? headline(report, decision) : tagClosing(report);
  const parts = [
    `## ${failure ? '❌' : '✅'} ${escapeMarkdown(title)}`,
    failure ? whyItFailed(failure) : '',
    decision ? facts(report, decision) : '',
    decision ? why(report, decision) : '',
    created ? nothingStarts(decision?.tag ?? '') : '',
    decision?.kind === 'nothing' ? '' : notes.trim(),
    gantt(timeline),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function whyItFailed({ code, message, remedy }: Failure): string {
  return [`**${codeSpan(code)}** ${escapeMarkdown(message)}`, escapeMarkdown(remedy)].join('\n\n');
}

function facts(report: Report, decision: Decision): string {
  const { sha, repositoryUrl, moves, release, lost, survey } = report;
  const { bump, previousTag, taken, version } = decision;
  const rows: string[][] = [
    ['version', codeSpan(version.text)],
    ['commit', `[${codeSpan(sha.slice(0, 7))}](${repositoryUrl}/commit/${sha})`],
    ['after', previousTag ? codeSpan(previousTag) : 'nothing: the first version'],
    ['bump', bump],
  ];
  if (taken.length > 0) {
    const names = taken
      .slice(0, 5)
      .map(({ name }) => codeSpan(name))
      .join(' ');
    const more = taken.length > 5 ? ` and ${taken.length - 5} more` : '';
    rows.push(['passed over', `${names}${more}: other commits have them`]);
  }
  if (survey?.newer) {
    rows.push([
      'superseded by',
      `${codeSpan(survey.newer.name)}, which has this commit in its history`,
    ]);
  }
  if (lost > 0) rows.push(['other runs were faster', `${lost} ×, the version was computed anew`]);
  if (moves.length > 0) rows.push(['moved', moves.map(({ name }) => codeSpan(name)).join(' ')]);
  if (release) rows.push(['release', `[${release.draft ? 'draft' : 'published'}](${release.url})`]);
  return table(['', ''], rows);
}

function why({ repositoryUrl, survey }: Report, { analysis, kind }: Decision): string {
  const all = reasons(analysis);
  const quiet = analysis.read.length - all.length;
  if (all.length === 0 && kind !== 'create') return '';
  const rows = all.slice(0, mostRows).map(({ bump, changes, commit }) => {
    const [change] = changes;
    const subject = change ? (commit.message.split('\n', 1)[0] ?? '') : '';
    const link = `[${codeSpan(commit.sha.slice(0, 7))}](${repositoryUrl}/commit/${commit.sha})`;
    return [link, escapeMarkdown(cut(subject, 200)), bump];
  });
  const more =
    all.length > mostRows
      ? [`${all.length - mostRows} more commits ask for less or the same.`]
      : [];
  const rest =
    quiet > 0 ? [`${quiet} ${quiet === 1 ? 'commit asks' : 'commits ask'} for nothing.`] : [];
  const partial = survey?.complete === false ? ['Only the newest commits were read.'] : [];
  const asked = rows.length > 0 ? [table(['commit', 'message', 'asks for'], rows)] : [];
  return ['### Why', ...asked, [...more, ...rest, ...partial].join(' ')]
    .filter(Boolean)
    .join('\n\n');
}

// Whether the token is the job's own cannot be seen, so this is no warning.
function nothingStarts(tag: string): string {
  const { message, remedy } = Failure.of('tag/starts-nothing', { tag });
  return `> ${escapeMarkdown(message)} ${escapeMarkdown(remedy)}`;
}

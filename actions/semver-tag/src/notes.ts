import { codeSpan, escapeMarkdown } from '@slipway/shared/action/markdown';
import { cut } from '@slipway/shared/secrets/cut';
import type { Analysis, Read } from './analyse.ts';
import type { Change } from './conventional/change.ts';

/** Where the links of the notes lead. */
export interface Links {
  /** `https://github.com/owner/name` */
  repositoryUrl: string;
  /** Empty for the first version. */
  previousTag: string;
  tag: string;
}

/** GitHub refuses a body above 125,000 characters. */
const longestNotes = 120_000;
const mostContributors = 50;

const sections: ReadonlyArray<readonly [string, (change: Change) => boolean]> = [
  ['Breaking changes', ({ breaking }) => breaking],
  ['Features', ({ type }) => type === 'feat' || type === 'feature'],
  ['Fixes', ({ type }) => type === 'fix'],
  ['Performance', ({ type }) => type === 'perf'],
  ['Reverts', ({ type }) => type === 'revert'],
];

interface NoteEntry {
  change: Change;
  read: Read;
}

/**
 * Release notes in Markdown: what users notice, by kind, each change once with a link to its commit
 * and pull request; who made it; a link to everything. The words of commits show as themselves:
 * they mention nobody, close no issue, and are no markup.
 */
export function releaseNotes(analysis: Analysis, complete: boolean, links: Links): string {
  const entries = distinct(analysis.read);
  const parts: string[] = [];
  for (const [title, belongs] of sections) {
    const own = entries.filter(({ change }) => firstSection(change) === title && belongs(change));
    if (own.length > 0) parts.push(`### ${title}`, ...own.map((entry) => line(entry, links)), '');
  }
  const quiet = analysis.read.filter(({ bump }) => bump === 'none').length;
  if (parts.length === 0) parts.push(nothing(quiet, links), '');
  const end = [...contributors(analysis.read), more(complete, links)].filter((text) => text !== '');
  return fit(parts, end.join('\n\n'));
}

/** The same as plain text, for the message of an annotated tag. */
export function plainNotes(analysis: Analysis): string {
  const lines = distinct(analysis.read).map(({ change, read }) => {
    const scope = change.scope ? `(${change.scope})` : '';
    const subject = change.subject.slice(0, 500);
    const header = `${change.type}${scope}${change.breaking ? '!' : ''}: ${subject}`;
    return `- ${header.replace(/[\x00-\x1f\x7f-\x9f]/g, ' ')} (${read.commit.sha.slice(0, 7)})`;
  });
  return lines.slice(0, 200).join('\n');
}

function firstSection(change: Change): string | undefined {
  return sections.find(([, belongs]) => belongs(change))?.[0];
}

// A merge repeats what the commits say that it brings in.
function distinct(read: readonly Read[]): NoteEntry[] {
  const seen = new Set<string>();
  const entries: NoteEntry[] = [];
  const merged = read.filter(({ commit }) => commit.parents.length > 1);
  for (const one of [...read.filter(({ commit }) => commit.parents.length <= 1), ...merged]) {
    for (const change of one.changes) {
      if (firstSection(change) === undefined) continue;
      const key = JSON.stringify([change.type, change.scope, withoutNumber(change.subject)]);
      if (seen.has(key)) continue;
      seen.add(key);
      entries.push({ change, read: one });
    }
  }
  return entries;
}

function withoutNumber(subject: string): string {
  return subject.replace(/ \(#\d+\)$/, '');
}

function line({ change, read }: NoteEntry, { repositoryUrl }: Links): string {
  const { sha } = read.commit;
  const pull = / \(#(\d{1,9})\)$/.exec(change.subject)?.[1];
  const scope = change.scope ? `**${escapeMarkdown(change.scope)}:** ` : '';
  const links = [
    ...(pull ? [`[#${pull}](${repositoryUrl}/pull/${pull})`] : []),
    `[${codeSpan(sha.slice(0, 7))}](${repositoryUrl}/commit/${sha})`,
  ];
  const note = change.breakingNote.trim();
  const more = note ? `\n  ${escapeMarkdown(cut(note, 2_000))}` : '';
  const subject = escapeMarkdown(cut(withoutNumber(change.subject), 500));
  return `- ${scope}${subject} (${links.join(', ')})${more}`;
}

function nothing(quiet: number, { previousTag }: Links): string {
  if (previousTag === '') return 'The first version.';
  return quiet === 0 ? 'No changes.' : 'No changes that users would notice.';
}

// Accounts, as GitHub itself names them; a mention here is meant. Anything else is no account.
function contributors(read: readonly Read[]): string[] {
  const logins = new Set(read.map(({ commit }) => commit.login ?? ''));
  const known = [...logins].filter((login) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/.test(login));
  if (known.length === 0) return [];
  const shown = known
    .sort()
    .slice(0, mostContributors)
    .map((login) => `@${login}`);
  const rest = known.length - shown.length;
  return [`**Contributors**: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}

function more(complete: boolean, { repositoryUrl, previousTag, tag }: Links): string {
  const path = (name: string) => name.split('/').map(encodeURIComponent).join('/');
  if (previousTag !== '') {
    const range = `${path(previousTag)}...${path(tag)}`;
    return `**Full changelog**: ${repositoryUrl}/compare/${range}`;
  }
  return complete ? '' : `**Full changelog**: ${repositoryUrl}/commits/${path(tag)}`;
}

// Cut between entries, so that no markup is left open; the link to everything stays.
function fit(lines: readonly string[], end: string): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length + end.length + 100 > longestNotes) {
      const left = lines.slice(index).filter((rest) => rest.startsWith('- ')).length;
      text += `\n_And ${left} more._\n`;
      break;
    }
    text += `${line}\n`;
  }
  return `${text.trimEnd()}\n${end === '' ? '' : `\n${end}\n`}`;
}

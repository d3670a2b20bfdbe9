import { type Commit, CommitParser } from 'conventional-commits-parser';
import { firstBreak, withPlainBreaks } from './announced.ts';
import { bumpOf, type Change, type Message, type Reverted } from './change.ts';
import { splitUnits } from './units.ts';

// The presets of the library follow Angular; this is version 1.0.0 of the specification: a type, an
// optional scope, an optional `!`, a colon and a blank; `BREAKING CHANGE` in capitals with a colon. Other
// forms of the latter were made that one before.
const parser = new CommitParser({
  headerPattern:
    /^(?<type>[\p{L}\p{N}_][\p{L}\p{N}_-]*)(?:\((?<scope>[^()]*)\))?(?<breaking>!)?: +(?<subject>\S.*)$/u,
  headerCorrespondence: ['type', 'scope', 'breaking', 'subject'],
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
  notesPattern: (keywords) => new RegExp(`^(${keywords}): *(.*)$`),
  issuePrefixes: ['#'],
  // Not the library's, which needs both lines of `git revert` and takes time on long ones.
  revertPattern: /(?!)/,
  fieldPattern: /(?!)/,
});

const strict = /^BREAKING[ -]CHANGE: *(.*)$/;
const longestMessage = 64 * 1024;
/** The library looks for issues in each line, which takes the square of its length. */
const longestLine = 2_000;
const skipped = /\[(?:skip release|release skip)\]/i;

/**
 * Reads a commit message. Nothing in it can make this fail: what is not conventional is a change
 * without type, and of what is longer than 64 KiB only a break behind that counts.
 */
export function parseMessage(text: string): Message {
  const [start, rest] = halves(text.trim());
  const [header = ''] = start.split(/\r?\n/, 1);
  if (start === '' || skipped.test(start)) return { header, changes: [] };
  const lines = start.split(/\r\n?|\n/).map((line) => line.slice(0, longestLine));
  const message = withPlainBreaks(lines).join('\n');
  const changes = splitUnits(message)
    .filter((unit) => unit.trim() !== '')
    .map(changeOf);
  const late = firstBreak(rest);
  const [first] = changes;
  if (late !== undefined && first && !first.breaking) {
    changes[0] = { ...first, breaking: true, breakingNote: late };
  }
  const reverts = revertOf(header, message);
  const releaseAs = /^Release-As: *v?(\d\S*) *$/im.exec(message)?.[1];
  return {
    header,
    changes: reverts ? changes.slice(0, 1).map((own) => asRevert(reverts, own)) : changes,
    ...(reverts && { reverts }),
    ...(releaseAs && { releaseAs }),
  };
}

// A line is in one half, unless it alone is longer.
function halves(text: string): [string, string] {
  if (text.length <= longestMessage) return [text, ''];
  const end = text.lastIndexOf('\n', longestMessage);
  const cut = end > 0 ? end : longestMessage;
  return [text.slice(0, cut), text.slice(cut)];
}

function changeOf(unit: string): Change {
  const commit = parser.parse(unit);
  const subject = commit['subject'] ?? commit.header ?? '';
  const note = breakingNote(commit);
  // A title that is the footer itself: nobody writes that without meaning it.
  const titled = strict.exec(commit.header ?? '')?.[1];
  return {
    type: (commit['type'] ?? '').toLowerCase(),
    scope: (commit['scope'] ?? '').trim(),
    subject: titled || subject,
    breaking: commit['breaking'] === '!' || note !== undefined || titled !== undefined,
    breakingNote: note ?? '',
  };
}

function breakingNote({ notes }: Commit): string | undefined {
  return notes.length === 0 ? undefined : notes.map(({ text }) => text).join('\n');
}

/**
 * What a commit reverts: `Revert "header"` and `Reapply "header"` (the revert of a revert) of git,
 * `revert: header` of the specification's FAQ, with or without the line that names the commit.
 */
function revertOf(header: string, message: string): Reverted | undefined {
  const typed = /^revert(?:\([^()]*\))?!?: +(\S.*)$/i.exec(header)?.[1];
  const [, word, quoted] = /^(Revert|Reapply) "(.*)"(?: \(#\d+\))?$/.exec(typed ?? header) ?? [];
  const named = word === 'Reapply' ? `Revert "${quoted}"` : (quoted ?? typed);
  if (named === undefined || named.trim() === '') return undefined;
  const commit = /^This reverts commit ([0-9a-f]{7,64})\b/im.exec(message)?.[1] ?? '';
  return { header: named, commit: commit.toLowerCase(), typed: typed !== undefined };
}

// A revert of what needed no version needs none; of what needed one it is a fix for its users.
function asRevert({ header, typed }: Reverted, own: Change): Change {
  const reverted = changeOf(header);
  const quiet = bumpOf(reverted) === 'none' && !(typed && reverted.type === '');
  return { ...own, type: quiet ? reverted.type : 'revert', subject: quotedSubject(own, header) };
}

function quotedSubject({ type, subject }: Change, header: string): string {
  return type === 'revert' ? subject : `Revert "${header}"`;
}

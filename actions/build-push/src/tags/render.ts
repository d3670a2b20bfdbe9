import { formatDate } from './date-format.ts';
import {
  branchOf,
  commitTimeOf,
  gitTagOf,
  isDefaultBranch,
  shortCommitOf,
  type TagFacts,
} from './facts.ts';
import type { Segment } from './git-name.ts';
import { InvalidTags } from './invalid-tags.ts';
import type { FactName, Piece, Template } from './template.ts';
import type { ParsedVersion } from './versions.ts';

/**
 * Fills in the expressions of a template.
 * @param release what `{{version}}` and its like stand for; only in a pattern of a version rule
 * @throws InvalidTags when `{{commit_date}}` is wanted and the event does not tell it
 */
export function render(template: Template, facts: TagFacts, release?: ParsedVersion): Segment[] {
  return template.map((piece) => renderPiece(piece, facts, release));
}

/** The same as one text, Git names as they are: for `value=`, which is a source and not a tag. */
export function renderText(template: Template, facts: TagFacts): string {
  return render(template, facts)
    .map(({ text }) => text)
    .join('');
}

function renderPiece(piece: Piece, facts: TagFacts, release: ParsedVersion | undefined): Segment {
  switch (piece.kind) {
    case 'text':
      return { text: piece.text };
    case 'fact':
      return renderFact(piece.name, facts);
    case 'date': {
      const instant = piece.name === 'date' ? facts.now : commitTimeOf(facts.github);
      if (instant) return { text: formatDate(instant, piece.format, piece.zone) };
      throw new InvalidTags([
        `the event ${facts.github.eventName} does not tell the time of its commit, ` +
          `which {{commit_date}} needs. Valid: {{date '${piece.format}'}}`,
      ]);
    }
    case 'version': {
      const value = release?.[piece.name];
      // The text of a Git tag may have a `+`; numbers are legal anyway.
      return typeof value === 'string'
        ? { text: value, git: 'tag' }
        : { text: String(value ?? '') };
    }
  }
}

function renderFact(name: FactName, { github }: TagFacts): Segment {
  switch (name) {
    case 'branch':
      return { text: branchOf(github), git: 'branch' };
    case 'base_ref':
      return { text: github.event.baseRef ?? '', git: 'branch' };
    case 'tag':
      return { text: gitTagOf(github), git: 'tag' };
    case 'sha':
      return { text: shortCommitOf(github) };
    case 'is_default_branch':
      return { text: String(isDefaultBranch(github)) };
    case 'is_not_default_branch':
      return { text: String(!isDefaultBranch(github)) };
  }
}

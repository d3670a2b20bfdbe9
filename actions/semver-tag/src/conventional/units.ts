/** Types that start a change of its own inside of a message; any other word there is a footer. */
export const knownTypes = [
  'feat',
  'feature',
  'fix',
  'perf',
  'revert',
  'build',
  'chore',
  'ci',
  'docs',
  'refactor',
  'style',
  'test',
];

const ownHeader = new RegExp(`^(?:${knownTypes.join('|')})(?:\\([^()]*\\))?!?: +\\S`, 'i');

/**
 * Splits a message into the messages it was made of. One commit is one unit, but
 * - a squash by GitHub lists its commits as `* message` (only where the body starts so: a list
 *   further down is prose, or the changelog of a dependency);
 * - a squash by `git rebase` leaves them as paragraphs;
 * - a merge has the title of its pull request as a paragraph.
 * A paragraph counts when it begins with a known type; the specification knows nothing of this.
 */
export function splitUnits(message: string): string[] {
  const lines = message.replace(/\r\n?/g, '\n').trim().split('\n');
  const [header = '', ...rest] = lines;
  const first = rest.find((line) => line.trim() !== '') ?? '';
  const starts = /^\* \S/.test(first) ? isListItem : isParagraphOfItsOwn;
  const units: string[][] = [[header]];
  rest.forEach((line, index) => {
    if (starts(line, rest[index - 1])) units.push([line.replace(/^\* /, '')]);
    else units.at(-1)?.push(line);
  });
  return units.map((unit) => unit.join('\n').trim());
}

function isListItem(line: string): boolean {
  return /^\* \S/.test(line);
}

function isParagraphOfItsOwn(line: string, before: string | undefined): boolean {
  return before !== undefined && before.trim() === '' && ownHeader.test(line);
}

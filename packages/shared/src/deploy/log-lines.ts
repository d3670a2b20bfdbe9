import { cut } from '../secrets/cut.ts';

/** How much of a log is shown. */
const most = { lines: 30, line: 1_000, all: 12_000 };
/** The last lines that a diagnosis asks for. */
export const mostLogLines = most.lines;

/** One line of a log as it may be shown. */
export function logLine(line: string): string {
  return cut(line.replace(/[\r\n]+$/, ''), most.line);
}

/** The last of some lines, as far as they may be shown. */
export function lastLines(lines: readonly string[]): readonly string[] {
  const shown: string[] = [];
  let room = most.all;
  for (const line of lines.slice(-most.lines).reverse()) {
    const one = logLine(line);
    room -= one.length;
    if (room < 0) break;
    shown.push(one);
  }
  return shown.reverse();
}

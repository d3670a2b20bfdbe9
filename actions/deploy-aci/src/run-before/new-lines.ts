/**
 * The lines of a log that were not there at the last look. Azure only gives the last lines of the whole
 * log, so what both looks saw has to be found: the end of one and the beginning of the other.
 * @param seen the last lines at the look before
 * @param now the last lines of now
 */
export function newLines(seen: readonly string[], now: readonly string[]): readonly string[] {
  const last = seen.at(-1);
  if (last === undefined) return now;
  // The last line may have been half of one.
  const common = overlap(seen.slice(0, -1), now);
  return now.slice(now[common] === last ? common + 1 : common);
}

/** How many lines at the end of one list are the beginning of another (Knuth, Morris and Pratt). */
function overlap(ending: readonly string[], beginning: readonly string[]): number {
  const borders = bordersOf(beginning);
  let matched = 0;
  for (const line of ending) {
    if (matched === beginning.length) matched = borders[matched - 1] ?? 0;
    while (matched > 0 && beginning[matched] !== line) matched = borders[matched - 1] ?? 0;
    if (beginning[matched] === line) matched += 1;
  }
  return matched;
}

/** For each length, how much of the beginning comes back at its end. */
function bordersOf(lines: readonly string[]): readonly number[] {
  const borders = [0];
  let matched = 0;
  for (const line of lines.slice(1)) {
    while (matched > 0 && lines[matched] !== line) matched = borders[matched - 1] ?? 0;
    if (lines[matched] === line) matched += 1;
    borders.push(matched);
  }
  return borders;
}

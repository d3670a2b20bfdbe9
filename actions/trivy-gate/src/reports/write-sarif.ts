import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, type ZlibOptions } from 'node:zlib';
import { rank } from '../findings/finding.ts';
import { type SarifRun, sarifPieces } from './sarif.ts';

/**
 * What GitHub takes: runs in a file, results and rules in a run, and bytes when gzipped.
 * Source: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 */
const mostRuns = 20;
const mostResults = 25_000;
const mostBytes = 10_000_000;

/**
 * Writes a SARIF report, the worst findings first. What is too much for GitHub is left out.
 * @returns how many findings were left out
 */
export async function writeSarif(path: string, runs: readonly SarifRun[]): Promise<number> {
  const ordered = runs.slice(0, mostRuns).map(({ facts, judged }) => ({
    facts,
    judged: judged.toSorted((a, b) => rank(a.finding.severity) - rank(b.finding.severity)),
  }));
  const total = runs.reduce((sum, { judged }) => sum + judged.length, 0);
  const longest = Math.max(0, ...ordered.map(({ judged }) => judged.length));
  for (let most = Math.min(longest, mostResults); ; most = Math.floor(most / 2)) {
    const short = ordered.map(({ facts, judged }) => ({ facts, judged: judged.slice(0, most) }));
    await pipeline(Readable.from(inBlocks(sarifPieces(short))), createWriteStream(path));
    if (most > 0 && !(await isSmall(path))) continue;
    return total - short.reduce((sum, { judged }) => sum + judged.length, 0);
  }
}

// A stream takes longer over 25,000 small pieces than it takes to make them.
function* inBlocks(pieces: Iterable<string>): Generator<string> {
  let block = '';
  for (const piece of pieces) {
    block += piece;
    if (block.length < 1 << 16) continue;
    yield block;
    block = '';
  }
  yield block;
}

/** A file, gzipped. */
export async function gzipped(path: string, options: ZlibOptions = {}): Promise<Buffer> {
  return buffer(createReadStream(path).pipe(createGzip(options)));
}

// Only one that may be too long when gzipped is worth the work, and most are short even after the
// quickest one.
async function isSmall(path: string): Promise<boolean> {
  const { size } = await stat(path);
  if (size <= mostBytes || (await gzipped(path, { level: 1 })).length <= mostBytes) return true;
  return (await gzipped(path)).length <= mostBytes;
}

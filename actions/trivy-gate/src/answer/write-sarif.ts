import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGzip, type ZlibOptions } from 'node:zlib';
import { rank } from '../findings/finding.ts';
import type { Judged } from '../verdict/judge.ts';
import { type SarifFacts, sarifPieces } from './sarif.ts';

/**
 * What GitHub takes: results and rules in a run, and bytes when gzipped.
 * Source: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning
 */
const mostResults = 25_000;
const mostBytes = 10_000_000;

/**
 * Writes a SARIF report, the worst findings first. What is too much for GitHub is left out.
 * @returns how many findings were left out
 */
export async function writeSarif(
  path: string,
  judged: readonly Judged[],
  facts: SarifFacts,
): Promise<number> {
  const ordered = judged.toSorted((a, b) => rank(a.finding.severity) - rank(b.finding.severity));
  for (let count = Math.min(ordered.length, mostResults); ; count = Math.floor(count / 2)) {
    const pieces = sarifPieces(ordered.slice(0, count), facts);
    await pipeline(Readable.from(inBlocks(pieces)), createWriteStream(path));
    if (count === 0 || (await isSmall(path))) return ordered.length - count;
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

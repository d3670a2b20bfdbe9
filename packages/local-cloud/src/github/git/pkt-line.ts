/**
 * The lines of git's protocol: four hexadecimal digits with the length, and the text.
 * Source: https://git-scm.com/docs/protocol-common, "pkt-line Format"
 */
export function pktLine(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

export const flush = Buffer.from('0000');

/**
 * Reads lines up to the first flush.
 * @returns the lines without a line feed at their end, and what comes after the flush
 */
export function readPktLines(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let at = 0;
  while (at + 4 <= bytes.length) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 4), 16);
    if (length < 4) return { lines, rest: bytes.subarray(at + 4) };
    lines.push(bytes.toString('utf8', at + 4, at + length).replace(/\n$/, ''));
    at += length;
  }
  return { lines, rest: Buffer.alloc(0) };
}

/**
 * Text in one band of a stream that several share: 1 is data, 2 is for the user's terminal.
 * Source: https://git-scm.com/docs/gitprotocol-capabilities, `side-band-64k`
 */
export function banded(band: 1 | 2, bytes: Buffer): Buffer {
  return pktLine(Buffer.concat([Buffer.from([band]), bytes]));
}

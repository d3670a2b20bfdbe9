import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compressed } from '../../src/upload/compressed.ts';

async function pack(pieces: Iterable<Buffer>): Promise<Buffer> {
  const packed: Buffer[] = [];
  for await (const bytes of compressed(pieces)) packed.push(bytes);
  return Buffer.concat(packed);
}

describe('a compressed stream', () => {
  it('unpacks to what went in, however it was cut', async () => {
    const source = Buffer.concat([randomBytes(3_000_000), Buffer.from('text '.repeat(500_000))]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: source.length }), { maxLength: 10 }),
        async (cuts) => {
          const ends = [0, ...cuts.sort((a, b) => a - b), source.length];
          const pieces = ends.slice(1).map((end, index) => source.subarray(ends[index], end));
          expect(gunzipSync(await pack(pieces)).equals(source)).toBe(true);
        },
      ),
      { numRuns: 5 },
    );
  });

  it('makes text much smaller and noise hardly larger', async () => {
    const text = Buffer.from('the same words again and again, '.repeat(100_000));
    const noise = randomBytes(5_000_000);
    expect((await pack([text])).length).toBeLessThan(0.02 * text.length);
    expect((await pack([noise])).length).toBeLessThan(1.001 * noise.length);
  });

  it('is empty when nothing goes in', async () => {
    expect((await pack([])).length).toBe(0);
  });

  it('lets go of its source when nobody reads on', async () => {
    let ended = false;
    function* source() {
      try {
        for (;;) yield randomBytes(100_000);
      } finally {
        ended = true;
      }
    }
    for await (const _ of compressed(source())) break;
    expect(ended).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type WatchEvent, watchEvents } from '../../src/api/watch-events.ts';

const text = fc.string({ unit: 'grapheme' });
const event = fc.record({
  type: fc.constantFrom('ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'),
  object: fc.record({ metadata: fc.record({ name: text, resourceVersion: text }) }),
});

async function eventsOf(pieces: AsyncIterable<Uint8Array>): Promise<WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const one of watchEvents(pieces)) events.push(one);
  return events;
}

async function* cutAt(bytes: Uint8Array, places: readonly number[]) {
  const sorted = [...places.map((place) => place % (bytes.length + 1)), bytes.length];
  let from = 0;
  for (const to of sorted.toSorted((a, b) => a - b)) {
    yield bytes.subarray(from, to);
    from = to;
  }
}

const bytesOf = (given: string) => new TextEncoder().encode(given);

describe('events of a watch', () => {
  it('are the same however the lines are cut on their way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event), fc.array(fc.nat()), async (events, places) => {
        const lines = events.map((one) => `${JSON.stringify(one)}\n`).join('');
        expect(await eventsOf(cutAt(bytesOf(lines), places))).toEqual(events);
      }),
    );
  });

  it('half a line at the end is none', async () => {
    const whole = '{"type":"ADDED","object":{}}\n';
    const pieces = cutAt(bytesOf(`${whole}{"type":"MODIF`), []);
    expect(await eventsOf(pieces)).toEqual([{ type: 'ADDED', object: {} }]);
  });

  it('numbers keep their spelling', async () => {
    const pieces = cutAt(
      bytesOf('{"type":"ADDED","object":{"a":1.0,"b":12345678901234567890}}\n'),
      [],
    );
    expect(JSON.stringify(await eventsOf(pieces))).toBe(
      '[{"type":"ADDED","object":{"a":1.0,"b":12345678901234567890}}]',
    );
  });

  it.each(['[]\n', 'null\n', '"text"\n', '<html>\n', '{"type":\n'])(
    '%j is an error',
    async (line) => {
      await expect(eventsOf(cutAt(bytesOf(line), []))).rejects.toThrow();
    },
  );
});

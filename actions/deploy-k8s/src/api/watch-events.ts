import { parseJsonAsIs } from '@slipway/shared/document/json-number';
import {
  isJsonObject,
  type JsonObject,
  objectIn,
  textIn,
} from '@slipway/shared/document/json-object';

/** One line of a watch. */
export interface WatchEvent {
  /** `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`, `ERROR` */
  readonly type: string;
  /** The object; a Status where it is an error. */
  readonly object: JsonObject;
}

/** The longest line that is kept, in bytes: etcd takes objects of 1.5 MB. */
const longestLine = 16 * 1024 * 1024;
const lineBreak = 0x0a;

/**
 * The lines of an answer that goes on, however they are cut into pieces on their way. What stands
 * behind the last line break when the answer ends is half a line, and nothing.
 * @throws Error for a line that is too long
 */
export async function* wholeLines(pieces: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let open: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(lineBreak); end >= 0; end = piece.indexOf(lineBreak, from)) {
      yield decoded([...open, piece.subarray(from, end)]);
      open = [];
      length = 0;
      from = end + 1;
    }
    open.push(piece.subarray(from));
    length += piece.length - from;
    if (length > longestLine) throw new Error(`a line is longer than ${longestLine} bytes`);
  }
}

/** The events of a watch. @throws Error for a line that is none */
export async function* watchEvents(pieces: AsyncIterable<Uint8Array>): AsyncIterable<WatchEvent> {
  for await (const line of wholeLines(pieces)) {
    if (line.trim() === '') continue;
    const event = parseJsonAsIs(line);
    if (!isJsonObject(event)) throw new Error('a line of the watch is no object');
    yield { type: textIn(event, 'type') ?? '', object: objectIn(event, 'object') };
  }
}

function decoded(pieces: readonly Uint8Array[]): string {
  return new TextDecoder().decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
}

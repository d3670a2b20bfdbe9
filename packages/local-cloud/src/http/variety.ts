import { type Duplex, Readable } from 'node:stream';
import {
  type BrotliOptions,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
} from 'node:zlib';
import { type Answer, isRecord, type Request } from './exchange.ts';

/** An answer as it goes out. */
export interface Sent {
  status: number;
  /** Names and values in turn, in this order and in this case. */
  head: string[];
  /** What is sent, and what packs it. */
  body: [Readable, ...Duplex[]];
}

type Coding = 'gzip' | 'x-gzip' | 'GZIP' | 'deflate' | 'br' | 'identity';
/**
 * `any`: names of codings as HTTP has them, in any case and by their old names too. `plain`: `gzip`,
 * `deflate`, `br`, and none where there is no body. Microsoft's clients ask for gzip, know it by no other
 * name, and unpack a body that is not there.
 */
export type Spelling = 'any' | 'plain';
const codings: Readonly<Record<Spelling, readonly Coding[]>> = {
  any: ['gzip', 'x-gzip', 'br', 'GZIP', 'deflate', 'identity'],
  plain: ['gzip', 'br', 'deflate', 'identity'],
};
const cases: ReadonlyArray<(name: string) => string> = [
  (name) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  (name) => name,
  (name) => name.toUpperCase(),
];
/** Whose fields may change: what a registry keeps goes by its digest. */
const json = /^application\/(?!vnd\.(?:oci|docker)\.)(?:[^;]+\+)?json\b/;
/** What says how a body is sent, which is decided here. */
const framing = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);
const pieces = [1, 1_000, 65_536];
/** What every object of a JSON answer has beside what clients know. */
export const ofTomorrow = { of_tomorrow: { id: null, list: [[]] } };
/** Longer JSON keeps its fields, as writing ten thousand entries anew takes a while. */
const longestRewritten = 300_000;

/**
 * What a server may do with an answer by the standards of HTTP and JSON, in turns, so that every
 * client meets all of it: pack it in any way that the client takes (RFC 9110, 8.4 and 12.5.3), name a
 * coding where there is no body, send it in chunks or with its length, write names of fields in any
 * case and order, and have fields in its JSON, in any order, that the client never heard of.
 */
export class Variety {
  readonly #spelling: Spelling;
  #answers = 0;

  constructor(spelling: Spelling = 'any') {
    this.#spelling = spelling;
  }

  /** Makes what goes out of what a handler said. */
  of(
    { status, headers = {}, body }: Answer,
    request: Pick<Request, 'method' | 'url' | 'headers'>,
  ): Sent {
    const turn = this.#answers++;
    const type = headers['content-type'] ?? '';
    const said =
      typeof body === 'string' && status < 300 && json.test(type) ? rewritten(body, request) : body;
    const none = request.method === 'HEAD' || status === 204 || status === 304 || said === '';
    const accepted = none && this.#spelling === 'plain' ? '' : request.headers['accept-encoding'];
    const coding = codingFor(accepted ?? '', codings[this.#spelling], turn);
    const fields = Object.entries(headers).filter(([name]) => !framing.has(name));
    if (coding !== 'identity') fields.push(['content-encoding', coding]);
    fields.push(['vary', 'accept-encoding'], ['x-of-tomorrow', `${turn}`]);
    const content = none ? Readable.from([]) : inPieces(said, pieces[turn % pieces.length] ?? 1);
    if (request.method === 'HEAD') {
      // The length that GET would have, which is that of the packed body.
      const length = headers['content-length'] ?? (said === '' ? '' : `${lengthOf(said)}`);
      if (length !== '') fields.push(['content-length', coding === 'identity' ? length : '20']);
    } else if (none && status !== 204) fields.push(['content-length', '0']);
    else if (!none) {
      if (coding === 'identity' && Math.floor(turn / 7) % 2 === 0 && !(said instanceof Readable)) {
        fields.push(['content-length', `${lengthOf(said)}`]);
      }
    }
    const packers = none || request.method === 'HEAD' ? [] : packersOf(coding);
    if (turn % 2 === 1) fields.reverse();
    const write = cases[turn % cases.length] ?? String;
    return {
      status,
      head: fields.flatMap(([name, value]) => [write(name), value]),
      body: [content, ...packers],
    };
  }
}

function lengthOf(said: string | Buffer | Readable): number {
  return said instanceof Readable ? 0 : Buffer.byteLength(said);
}

/** The next coding of those that a client takes; none where it does not say. */
function codingFor(accepted: string, known: readonly Coding[], turn: number): Coding {
  const names = accepted.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  const refused = /;\s*q=0(\.0*)?\s*(,|$)/.test(accepted);
  if (accepted === '' || refused) return 'identity';
  const taken = known.filter((coding) => {
    const name = coding === 'x-gzip' || coding === 'GZIP' ? 'gzip' : coding;
    return name === 'identity' || names.includes(name) || names.includes('*');
  });
  return taken[turn % taken.length] ?? 'identity';
}

function packersOf(coding: Coding): Duplex[] {
  const quick: BrotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  switch (coding) {
    case 'identity':
      return [];
    case 'br':
      return [createBrotliCompress(quick)];
    case 'deflate':
      return [createDeflate({ level: 1 })];
    default:
      return [createGzip({ level: 1 })];
  }
}

/** The first 50 pieces are short; what follows is one. */
function inPieces(content: string | Buffer | Readable, size: number): Readable {
  if (content instanceof Readable) return content;
  const bytes = Buffer.from(content);
  const cut = Math.min(bytes.length, size * 50);
  const short = Array.from({ length: Math.ceil(cut / size) }, (_, index) =>
    bytes.subarray(index * size, Math.min(cut, (index + 1) * size)),
  );
  return Readable.from([...short, bytes.subarray(cut)].filter((piece) => piece.length > 0));
}

function rewritten(text: string, { url }: Pick<Request, 'url'>): string {
  if (text.length > longestRewritten) return text;
  const value: unknown = JSON.parse(text);
  // GraphQL answers what was asked for and nothing else, but for this one field.
  if (isRecord(value) && 'data' in value && url.pathname.endsWith('/graphql')) {
    return JSON.stringify({ extensions: ofTomorrow, ...reversed(value, false) });
  }
  return JSON.stringify(turned(value, true));
}

function turned(value: unknown, withMore: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => turned(one, withMore));
  return isRecord(value) ? reversed(value, withMore) : value;
}

function reversed(value: Record<string, unknown>, withMore: boolean): Record<string, unknown> {
  const fields = Object.entries(value).map(([name, inner]) => [name, turned(inner, withMore)]);
  return { ...(withMore && ofTomorrow), ...Object.fromEntries(fields.reverse()) };
}

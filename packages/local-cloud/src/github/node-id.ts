// The ids of GraphQL are opaque to clients. These are made the way GitHub's are: a prefix and
// msgpack, in base64url, of the ids of the repository and the thing.

/** `R_kgDOGGkkpg` */
export function repositoryNode(id: number): string {
  return encode('R', [Buffer.from([0x92, 0x00]), number(id)]);
}

/** `REF_kwDOGGkkprByZWZzL3RhZ3MvbGF0ZXN0` */
export function refNode(repository: number, name: string): string {
  return encode('REF', [Buffer.from([0x93, 0x00]), number(repository), text(name)]);
}

/** The id of a git object, `C_…` for a commit. */
export function objectNode(repository: number, kind: 'C' | 'TA' | 'T' | 'B', oid: string): string {
  return encode(kind, [Buffer.from([0x93, 0x00]), number(repository), text(oid)]);
}

/** The id of something that has a number, such as a release or an asset. */
export function numberedNode(repository: number, kind: string, id: number): string {
  return encode(kind, [Buffer.from([0x93, 0x00]), number(repository), number(id)]);
}

/** The name of the ref that an id of {@link refNode} is for; undefined when it is for none. */
export function refOfNode(repository: number, node: string): string | undefined {
  const [kind, encoded = ''] = node.split('_', 2);
  if (kind !== 'REF') return undefined;
  const bytes = Buffer.from(encoded, 'base64url');
  const start = bytes.indexOf('refs/');
  if (start < 0) return undefined;
  const name = bytes.toString('utf8', start);
  return refNode(repository, name) === node ? name : undefined;
}

function encode(kind: string, parts: readonly Buffer[]): string {
  return `${kind}_${Buffer.concat(parts).toString('base64url')}`;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(0xce);
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length =
    bytes.length < 32
      ? Buffer.from([0xa0 | bytes.length])
      : Buffer.from([0xda, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([length, bytes]);
}

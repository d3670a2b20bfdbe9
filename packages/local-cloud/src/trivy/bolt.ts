import { Buffer } from 'node:buffer';

/** A bucket of a bbolt file: values and further buckets by key. */
export interface Bucket {
  readonly [key: string]: Bucket | string;
}

const pageSize = 4096;
const headerSize = 16;
const elementSize = 16;
const kind = { leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;

/**
 * Writes a database file that bbolt opens (https://github.com/etcd-io/bbolt, page.go and meta.go):
 * two meta pages, an empty list of free pages, then one leaf for each bucket, the root's last. A
 * leaf may run over many pages, so that no tree is needed.
 * @throws RangeError when a bucket has more than 65,535 keys, which is what a leaf can count
 */
export function boltFile(root: Bucket): Buffer {
  const leaves: Buffer[] = [];
  let next = 3;
  const write = (bucket: Bucket): number => {
    const body = leafBody(bucket, write);
    const leaf = page(next, kind.leaf, Object.keys(bucket).length, body);
    const number = next;
    leaves.push(leaf);
    next += leaf.length / pageSize;
    return number;
  };
  const top = write(root);
  return Buffer.concat([
    page(0, kind.meta, 0, meta(top, next, 0)),
    page(1, kind.meta, 0, meta(top, next, 1)),
    page(2, kind.freelist, 0, Buffer.alloc(0)),
    ...leaves,
  ]);
}

/** First an element for each key, in the order of their bytes, then all keys with their values. */
function leafBody(bucket: Bucket, write: (bucket: Bucket) => number): Buffer {
  const pairs = Object.entries(bucket)
    .map(([key, value]) => ({
      isBucket: typeof value !== 'string',
      key: Buffer.from(key),
      value: typeof value === 'string' ? Buffer.from(value) : bucketHeader(write(value)),
    }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
  const elements = Buffer.alloc(pairs.length * elementSize);
  let position = elements.length;
  for (const [index, { isBucket, key, value }] of pairs.entries()) {
    const at = index * elementSize;
    elements.writeUInt32LE(isBucket ? 1 : 0, at);
    elements.writeUInt32LE(position - at, at + 4); // counted from the element itself
    elements.writeUInt32LE(key.length, at + 8);
    elements.writeUInt32LE(value.length, at + 12);
    position += key.length + value.length;
  }
  return Buffer.concat([elements, ...pairs.flatMap(({ key, value }) => [key, value])]);
}

function page(number: number, flags: number, count: number, body: Buffer): Buffer {
  const pages = Math.max(1, Math.ceil((headerSize + body.length) / pageSize));
  const bytes = Buffer.alloc(pages * pageSize);
  bytes.writeBigUInt64LE(BigInt(number), 0);
  bytes.writeUInt16LE(flags, 8);
  bytes.writeUInt16LE(count, 10);
  bytes.writeUInt32LE(pages - 1, 12);
  body.copy(bytes, headerSize);
  return bytes;
}

/** The page of a bucket and its sequence number, which nobody uses here. */
function bucketHeader(number: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(number), 0);
  return bytes;
}

function meta(root: number, pages: number, transaction: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(0xed0cdaed, 0); // marks the format
  bytes.writeUInt32LE(2, 4); // and its version
  bytes.writeUInt32LE(pageSize, 8);
  bucketHeader(root).copy(bytes, 16);
  bytes.writeBigUInt64LE(2n, 32); // where the list of free pages is
  bytes.writeBigUInt64LE(BigInt(pages), 40);
  bytes.writeBigUInt64LE(BigInt(transaction), 48);
  bytes.writeBigUInt64LE(fnv1a(bytes.subarray(0, 56)), 56);
  return bytes;
}

function fnv1a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

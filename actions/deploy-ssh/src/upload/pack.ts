import { closeSync, openSync, readSync } from 'node:fs';
import { Failure } from '@slipway/shared/failure/failure';
import type { HeaderData } from 'tar/header';
import { shownName } from './shown-name.ts';

/** A member of an archive. */
export type Member =
  | { kind: 'folder'; name: string; mode: number }
  | { kind: 'link'; name: string; target: string }
  | { kind: 'text'; name: string; text: string }
  | { kind: 'file'; name: string; mode: number; size: number; modified: number; from: string };

const record = 512;
/** Bytes that the fields of a header have for a name and for a target. */
const field = 100;
const piece = 256 * 1024;

/**
 * Makes a tar archive, in pieces that are only valid until the next one is asked for. Names and
 * targets that do not fit go ahead as GNU's long names do, which GNU tar and busybox both read;
 * busybox skips the pax headers that tar libraries write for them, and for all that is not ASCII.
 * @throws Failure `action/input` when a file became shorter since it was listed
 */
export async function packer(): Promise<(members: Iterable<Member>) => Generator<Buffer>> {
  const { Header } = await import('tar/header');
  const buffer = Buffer.allocUnsafe(piece);

  const header = (data: HeaderData): Buffer => {
    const block = Buffer.alloc(record);
    new Header({ uid: 0, gid: 0, mode: 0o600, size: 0, ...data }).encode(block);
    return block;
  };
  function* long(type: 'NextFileHasLongPath' | 'NextFileHasLongLinkpath', text: string) {
    const bytes = Buffer.from(`${text}\0`);
    yield header({ path: '././@LongLink', type, size: bytes.length });
    yield bytes;
    yield padding(bytes.length);
  }

  return function* pack(members) {
    for (const member of members) {
      const fits = Buffer.byteLength(member.name) < field;
      if (!fits) yield* long('NextFileHasLongPath', member.name);
      const path = fits ? member.name : 'long';
      switch (member.kind) {
        case 'folder':
          yield header({ path: `${path}/`, type: 'Directory', mode: member.mode });
          break;
        case 'link': {
          const short = Buffer.byteLength(member.target) <= field;
          if (!short) yield* long('NextFileHasLongLinkpath', member.target);
          const linkpath = short ? member.target : 'long';
          yield header({ path, type: 'SymbolicLink', mode: 0o777, linkpath });
          break;
        }
        case 'text': {
          const bytes = Buffer.from(member.text);
          yield header({ path, type: 'File', size: bytes.length });
          yield bytes;
          yield padding(bytes.length);
          break;
        }
        case 'file': {
          const { mode, size, modified } = member;
          yield header({ path, type: 'File', mode, size, mtime: new Date(modified * 1000) });
          yield* contentOf(member, buffer);
          yield padding(size);
        }
      }
    }
    yield Buffer.alloc(2 * record);
  };
}

function* contentOf(file: Member & { kind: 'file' }, buffer: Buffer): Generator<Buffer> {
  const descriptor = openSync(file.from, 'r');
  try {
    for (let left = file.size; left > 0; ) {
      const read = readSync(descriptor, buffer, 0, Math.min(left, buffer.length), null);
      if (read === 0) {
        const problems = `Input source holds ${shownName(file.from)}, which became shorter during the upload.`;
        throw Failure.of('action/input', { problems });
      }
      yield buffer.subarray(0, read);
      left -= read;
    }
  } finally {
    closeSync(descriptor);
  }
}

function padding(size: number): Buffer {
  return Buffer.alloc((record - (size % record)) % record);
}

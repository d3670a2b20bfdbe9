import type { Host } from '../ssh/host.ts';
import { mustSucceed } from '../ssh/script/remote-script.ts';
import { compressed } from './compressed.ts';
import { type Member, packer } from './pack.ts';
import { receiveScript, stale } from './receive-script.ts';
import type { File, Tree, TreeEntry } from './tree.ts';
import { octal } from './tree-digest.ts';

/** What is uploaded, and where. */
export interface Upload {
  /** From `readTree`; the same for all hosts. */
  tree: Tree;
  /** The deployment's folder on the host; it is there. */
  path: string;
  id: string;
  /** The release that was proven last. */
  previous: string | undefined;
  signal: AbortSignal;
  say(line: string): void;
}

/** What an upload came to. */
export interface Uploaded {
  files: number;
  /** Of all files of the release. */
  bytes: number;
  /** Over the line, compressed. */
  sent: number;
  how: 'full' | 'delta';
}

/**
 * Makes `releases/<id>` on a host, complete and proven, or leaves nothing of it. A file that the
 * previous release has unchanged is copied there, on the host, and not sent; when the copies turn out
 * not to be what was uploaded once, everything is sent.
 * @throws Failure `ssh/command`, `ssh/lost`, `action/input`; the signal's reason
 */
export async function uploadRelease(host: Host, upload: Upload): Promise<Uploaded> {
  const first = await send(host, upload);
  if (first) return first;
  upload.say(
    `${host.address.host}: release ${upload.previous} is not what was uploaded any more; everything is sent.`,
  );
  const second = await send(host, { ...upload, previous: undefined });
  if (!second) throw new Error('an upload that copies nothing has copied something');
  return second;
}

/** @returns undefined when the previous release was not what it seemed */
async function send(host: Host, upload: Upload): Promise<Uploaded | undefined> {
  const { tree, path, id, previous, signal } = upload;
  const pack = await packer();
  const answer = Promise.withResolvers<string>();
  if (previous === undefined) answer.resolve('');
  let sent = 0;
  let copied = 0;
  async function* stream(): AsyncGenerator<Buffer> {
    sent += tree.sums.length;
    yield tree.sums;
    const kept = keptFiles(tree, await answer.promise);
    copied = kept.size;
    for await (const bytes of compressed(pack(members(tree, kept)))) {
      sent += bytes.length;
      yield bytes;
    }
  }
  const what = 'uploading the release';
  const script = receiveScript(path, { id, previous, sums: tree.sums.length, digest: tree.digest });
  const ended = await host
    .run(what, script, signal, {
      input: stream(),
      onStdout(line) {
        if (line.startsWith('kept ')) answer.resolve(line.slice('kept '.length));
      },
    })
    // Nobody answers any more.
    .finally(() => answer.resolve(''));
  if (ended.code === stale && previous !== undefined) return undefined;
  mustSucceed(ended, what, host.address);
  return { files: tree.files, bytes: tree.bytes, sent, how: copied > 0 ? 'delta' : 'full' };
}

/** The files that a host said it has, in a digit for each file of the tree. */
function keptFiles(tree: Tree, answer: string): Set<File> {
  return new Set(filesOf(tree).filter((_, index) => answer[index] === '1'));
}

function filesOf({ entries }: Tree): File[] {
  return entries.filter((entry) => entry.kind === 'file');
}

/**
 * The archive: names and sums of the files in it, names of those that the host keeps, by their
 * permissions, names of the links, and the release with everything that is not kept.
 */
function* members(tree: Tree, kept: ReadonlySet<File>): Generator<Member> {
  const sent = filesOf(tree).filter((file) => !kept.has(file));
  yield { kind: 'text', name: 'sent', text: namesOf(sent) };
  yield { kind: 'text', name: 'hashes', text: sent.map(({ sha256 }) => `${sha256}\n`).join('') };
  const links = tree.entries.filter(({ kind }) => kind === 'link');
  if (links.length > 0) yield { kind: 'text', name: 'links', text: namesOf(links) };
  const modes = Map.groupBy(kept, ({ mode }) => mode);
  for (const [mode, same] of modes) {
    yield { kind: 'text', name: `modes/${octal(mode)}`, text: namesOf(same) };
  }
  yield { kind: 'folder', name: 'files', mode: 0o755 };
  for (const entry of tree.entries) {
    const name = `files/${entry.path}`;
    if (entry.kind !== 'file') yield { ...entry, name };
    else if (!kept.has(entry)) yield { ...entry, name, from: `${tree.root}/${entry.path}` };
  }
}

function namesOf(entries: readonly TreeEntry[]): string {
  return entries.map(({ path }) => `./${path}\0`).join('');
}

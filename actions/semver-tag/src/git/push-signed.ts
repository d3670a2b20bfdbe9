import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '@slipway/shared/exec/program';
import { Failure } from '@slipway/shared/failure/failure';
import { oneLine } from '@slipway/shared/image/said';
import type { TagObject } from '../github/tag-object.ts';
import { absent, type RefUpdate, type Updated } from '../github/update-refs.ts';
import { environment, type GitPlace, git, gitFailure, makeRepository, runGit } from './run-git.ts';

/** A signed tag and what moves with it. */
export interface SignedPush extends Omit<GitPlace, 'folder'> {
  /** Where the temporary repository is made. */
  folder: string;
  tag: Omit<TagObject, 'time'>;
  /** An SSH private key as OpenSSH writes it, without a passphrase. */
  key: string;
  /** Changes of refs, without the one of the tag. */
  moves: readonly RefUpdate[];
}

/**
 * Has git sign a tag and push it with the moving tags: like `updateRefs` one operation, in full or
 * not at all, and only if each ref holds what is expected. GitHub's API would sign nothing, and
 * gives no way to hand in the bytes of a tag.
 * Source: git-tag(1), `gpg.format`; git-push(1), `--atomic`, `--force-with-lease`
 * @throws Failure `tag/signing`, `tag/git`, `tag/commit`
 */
export async function pushSigned(push: SignedPush): Promise<Updated & { oid: string }> {
  const { tag, key, moves } = push;
  const place: GitPlace = { ...push, folder: await mkdtemp(join(push.folder, 'slipway-sign-')) };
  try {
    await makeRepository(place);
    await git(
      place,
      'fetch',
      '--quiet',
      '--no-tags',
      '--depth=1',
      '--filter=tree:0',
      'origin',
      tag.sha,
    );
    const oid = await sign(place, tag, key);
    // With the refspecs forced, git would forget the leases; a lease alone lets a tag move.
    const leases = moves.map(
      ({ name, beforeOid }) =>
        `--force-with-lease=${name}:${beforeOid === absent ? '' : beforeOid}`,
    );
    const ref = `refs/tags/${tag.name}`;
    const specs = moves.map(({ name, afterOid }) => `${afterOid}:${name}`);
    const args = ['push', '--quiet', '--atomic', `--force-with-lease=${ref}:`, ...leases];
    const result = await runGit(place, [...args, 'origin', `${oid}:${ref}`, ...specs]);
    if (result.code === 0) return { oid, unsure: false };
    // Git says for each ref why not; without that, the connection broke off.
    const { message: said } = gitFailure('push', result);
    return { oid, unsure: !/ ! \[/.test(result.stderr), error: { type: '', said } };
  } finally {
    await rm(place.folder, { recursive: true, force: true });
  }
}

async function sign(place: GitPlace, tag: SignedPush['tag'], key: string): Promise<string> {
  const file = join(place.folder, 'signing-key');
  const message = join(place.folder, 'message');
  await writeFile(file, `${key.trim().replaceAll('\r', '')}\n`, { mode: 0o600 });
  // The signature is found only where it begins a line.
  await writeFile(message, `${tag.message}\n`);
  const { name, email } = tag.tagger;
  const own = [
    '-c',
    'gpg.format=ssh',
    '-c',
    `user.signingKey=${file}`,
    '-c',
    `user.name=${name}`,
    '-c',
    `user.email=${email}`,
  ];
  const args = ['tag', '--sign', '--cleanup=verbatim', `--file=${message}`, tag.name, tag.sha];
  const result = await runGit(place, [...own, ...args]);
  if (result.code !== 0) throw unsigned(gitFailure('tag', result).message);
  const oid = (await git(place, 'rev-parse', `refs/tags/${tag.name}`)).trim();
  await verify(place, { file, oid, said: oneLine(result.stderr) });
  return oid;
}

function unsigned(said: string): Failure {
  return Failure.of('tag/signing', { said });
}

/**
 * Checks the signature on the object itself: some versions of git make a tag without one, and end
 * with 0, when the key could not be read.
 * @param signed the file of the key, the object, and what git said while it signed
 */
async function verify(
  place: GitPlace,
  { file, oid, said }: { file: string; oid: string; said: string },
): Promise<void> {
  const object = await git(place, 'cat-file', 'tag', oid);
  if (!/^-----BEGIN SSH SIGNATURE-----$/m.test(object)) {
    throw unsigned(`git made a tag without a signature. ${said}`);
  }
  const { signal } = place;
  const args = ['-y', '-P', '', '-f', file];
  const read = await runProgram('ssh-keygen', args, { env: environment(place), signal });
  if (read.code !== 0) throw unsigned(`ssh-keygen cannot read the key. ${oneLine(read.stderr)}`);
  const signers = join(place.folder, 'signers');
  await writeFile(signers, `tagger namespaces="git" ${read.stdout.trim()}\n`);
  const config = ['-c', `gpg.ssh.allowedSignersFile=${signers}`];
  const checked = await runGit(place, [...config, 'verify-tag', oid]);
  if (checked.code !== 0) {
    throw unsigned(
      `the signature is not one of this key. ${gitFailure('verify-tag', checked).message}`,
    );
  }
}

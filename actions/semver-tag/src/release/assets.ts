import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { glob, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { realPathIn } from '@slipway/shared/action/path-input';
import { Failure, messageOf } from '@slipway/shared/failure/failure';

/** A file of a release. */
export interface Asset {
  name: string;
  /** In lower-case hexadecimal. */
  sha256: string;
  content: Blob;
}

const sums = 'SHA256SUMS';

/**
 * The files that globs name, sorted by name, and `SHA256SUMS` of them for `sha256sum --check`.
 * Nothing is kept in memory but what was asked for last.
 * @param workspace the folder that all of them are in
 * @throws Failure `tag/asset` for a glob without a file, a file from outside, a name twice
 */
export async function collectAssets(workspace: string, globs: readonly string[]): Promise<Asset[]> {
  const root = await realpath(workspace);
  const paths = new Map<string, string>();
  for (const pattern of globs) {
    let found = false;
    for await (const match of glob(pattern, { cwd: root })) {
      const path = realPathIn([root], join(root, match));
      if (path === undefined) throw unusable(match, 'it is not in the workspace');
      if (!(await stat(path)).isFile()) continue;
      found = true;
      const name = basename(match);
      // GitHub puts dots for other characters, and the checksums would name another file.
      if (!/^[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*$/.test(name) || /\.\.|\.$/.test(name)) {
        throw unusable(name, 'GitHub would give it another name');
      }
      const other = paths.get(name);
      if (other !== undefined && other !== path) throw unusable(name, 'there are two of this name');
      paths.set(name, path);
    }
    if (!found) throw unusable(pattern, 'there is no such file');
  }
  const assets: Asset[] = [];
  for (const [name, path] of [...paths].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const content = await openAsBlob(resolve(path));
    if (content.size === 0) throw unusable(name, 'it is empty, and GitHub takes no empty file');
    assets.push({ name, sha256: await sha256Of(path), content });
  }
  if (assets.length > 0 && !paths.has(sums)) assets.push(sumsOf(assets));
  return assets;
}

function unusable(asset: string, said: string): Failure {
  return Failure.of('tag/asset', { asset, said });
}

function sumsOf(assets: readonly Asset[]): Asset {
  const text = assets.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { name: sums, sha256, content: new Blob([text]) };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    throw unusable(basename(path), messageOf(error));
  }
  return hash.digest('hex');
}

import { readFile } from 'node:fs/promises';
import { realPathIn } from '@slipway/shared/action/path-input';
import type { Environment } from '@slipway/shared/exec/environment';
import { type Failure, messageOf } from '@slipway/shared/failure/failure';
import { inputFailure } from '../input-failure.ts';
import { workspaceOf } from '../settings.ts';

const longest = 256 * 1024;

/** Reads the Compose file of the workspace. Whether Compose accepts it, the host says in its check. */
export async function readSource(source: string, env: Environment): Promise<string> {
  const wrong = (what: string, cause?: unknown): Failure =>
    inputFailure(
      'source',
      `names ${source}, ${what}`,
      'a Compose file of the workspace, such as compose.yaml',
      cause,
    );
  const path = realPathIn([workspaceOf({ env })], source);
  if (path === undefined) throw wrong('which leads out of the workspace');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw wrong(`which cannot be read: ${whyUnread(error)}`, error);
  }
  if (text.trim() === '') throw wrong('which is empty');
  if (text.length > longest) throw wrong(`which is longer than ${longest} characters`);
  if (!/\$\{?IMAGE\b/.test(text)) {
    throw wrong('which does not use the variable IMAGE, so no service would get the image');
  }
  return text;
}

function whyUnread(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it is not in the workspace (is actions/checkout a step before?)';
  return code === 'EISDIR' ? 'it is a folder' : messageOf(error);
}

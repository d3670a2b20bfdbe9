import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '@slipway/shared/action/github';
import { Failure, messageOf } from '@slipway/shared/failure/failure';

const longest = 256 * 1024;

/** Reads the Compose file of the workspace. Whether Compose accepts it, the host says before the switch. */
export async function readSource(source: string, env: Environment): Promise<string> {
  const wrong = (what: string, cause?: unknown) =>
    Failure.of(
      'action/input',
      {
        problems: `Input source ${what}: ${source}. Valid: a Compose file of the workspace, such as compose.yaml`,
      },
      cause,
    );
  let text: string;
  try {
    text = await readFile(join(env['GITHUB_WORKSPACE'] ?? '.', source), 'utf8');
  } catch (error) {
    throw wrong(`names a file that cannot be read (${messageOf(error)})`, error);
  }
  if (text.trim() === '') throw wrong('names an empty file');
  if (text.length > longest) throw wrong(`names a file above ${longest} characters`);
  if (!/\$\{?IMAGE\b/.test(text)) {
    throw wrong(
      'names a file that does not use the variable IMAGE, so no service would get the image',
    );
  }
  return text;
}

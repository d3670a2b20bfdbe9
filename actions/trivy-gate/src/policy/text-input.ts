import { readFile } from 'node:fs/promises';
import { realPathIn } from '@slipway/shared/action/path-input';
import { Failure } from '@slipway/shared/failure/failure';
import { textField } from '@slipway/shared/http/json';

/** The text of an input, and how people know it. */
export interface NamedText {
  name: string;
  text: string;
}

const longest = 1_000_000;

/**
 * Reads an input that is a path or the text itself. A text has a line break, a colon with a blank
 * behind it, or a bracket in front; everything else is a path.
 * @param input its name, for failures
 * @throws Failure `gate/policy-unreadable`
 */
export async function readTextInput(
  input: string,
  value: string,
  workspace: string,
): Promise<NamedText> {
  if (/[\n\r]|:\s|:$|^\s*[[{]/.test(value)) return { name: `Input ${input}`, text: value };
  try {
    const path = realPathIn([workspace], value);
    if (path === undefined) throw new Error('it leads out of the workspace');
    const text = await readFile(path, 'utf8');
    if (text.length > longest) throw new Error(`it is longer than ${longest} characters`);
    return { name: value, text };
  } catch (error) {
    throw Failure.of('gate/policy-unreadable', { input, said: reason(value, error) }, error);
  }
}

function reason(path: string, error: unknown): string {
  switch (textField(error, 'code')) {
    case 'ENOENT':
      return `there is no file ${path}`;
    case 'EISDIR':
      return `${path} is a folder`;
    case 'EACCES':
      return `${path} may not be read`;
    default:
      return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

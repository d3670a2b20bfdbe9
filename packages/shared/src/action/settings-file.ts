import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '../exec/environment.ts';
import { messageOf } from '../failure/failure.ts';
import { BadInput } from './input.ts';
import { found } from './path-input.ts';

/** Inputs that a file gives, by name, each as the text that `with:` would have. */
export type FileInputs = ReadonlyMap<string, string>;

const example = 'deploy/production.yml';
const longest = 256 * 1024;

/**
 * What the file of input `settings` gives, or what is wrong with it; undefined where none is named.
 * For the actions that have this input: only they carry a reader of YAML.
 */
export async function settingsFile(env: Environment): Promise<FileInputs | BadInput | undefined> {
  const path = env['INPUT_SETTINGS']?.trim() ?? '';
  if (path === '') return undefined;
  try {
    return await readSettingsFile(env['GITHUB_WORKSPACE'] || '.', path);
  } catch (error) {
    if (error instanceof BadInput) return error;
    throw error;
  }
}

/**
 * Reads the file of input `settings`: a YAML map from the names of inputs to their values. A list
 * stands for one item a line, a map for `KEY=VALUE` a line.
 * @param path as the input has it; inside the workspace
 * @throws BadInput that says what is wrong with the file, and where
 */
export async function readSettingsFile(workspace: string, path: string): Promise<FileInputs> {
  const file = found([workspace], path, { kind: 'file', example });
  if (statSync(file).size > longest) throw new BadInput('names a file above 256 KiB', example);
  const { parseDocument } = await import('yaml');
  const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: true });
  const [error] = document.errors;
  if (error)
    throw new BadInput(`names a file that is not YAML: ${firstLine(error.message)}`, example);
  const content = contentOf(document);
  if (content === null || content === undefined) return new Map();
  if (!isRecord(content))
    throw new BadInput('names a file that is no map of inputs', 'timeout: 5m');
  return new Map(
    Object.entries(content).map(([name, value]) => [name, textOf(name, value)] as const),
  );
}

// Aliases of aliases can take all memory; the library counts them.
function contentOf(document: { toJS(): unknown }): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new BadInput(`names a file that is not YAML: ${firstLine(messageOf(error))}`, example);
  }
}

function textOf(name: string, value: unknown): string {
  if (value === null) return '';
  if (isScalar(value)) return String(value);
  if (Array.isArray(value) && value.every(isScalar)) return value.map(String).join('\n');
  if (isRecord(value)) {
    return Object.entries(value)
      .map(([key, entry]) => pair(name, key, entry))
      .join('\n');
  }
  throw new BadInput(`names a file in which ${name} is no text, list or map`, `${name}: text`);
}

function pair(name: string, key: string, value: unknown): string {
  if (!isScalar(value)) {
    throw new BadInput(`names a file in which ${name}.${key} is no text`, `${key}: text`);
  }
  const text = String(value);
  if (!/[\r\n]/.test(text)) return `${key}=${text}`;
  const end = `END_${globalThis.crypto.randomUUID()}`;
  return `${key}<<${end}\n${text}\n${end}`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

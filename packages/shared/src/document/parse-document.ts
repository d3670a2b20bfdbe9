import type { Document, LineCounter, YAMLMap } from 'yaml';
import { BadInput } from '../action/input.ts';
import { messageOf } from '../failure/failure.ts';
import { cut } from '../secrets/cut.ts';
import { numberAsIs } from './json-number.ts';
import { isJsonList, isJsonObject, type Json, type JsonObject } from './json-object.ts';
import { scalarsOfGo } from './scalars-of-go.ts';

/** Longest text of a document. Clouds take about 64 KiB, and YAML may have as much again in comments. */
export const longestDocument = 128 * 1024;
/** Deepest nesting: what clouds define has six or seven levels. */
const deepest = 50;

/**
 * Reads an object from JSON or YAML. Every field is kept, and every number is written again as it
 * was where JSON has that spelling. JSON is read as the YAML that it is, so one reader finds what is
 * wrong with both, such as a key that is there twice.
 * @throws BadInput in words that follow "Input x"
 */
export async function parseDocument(text: string, example: string): Promise<JsonObject> {
  const yaml = await import('yaml');
  checkLength(text, longestDocument, example);
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { ...reading, lineCounter: lines });
  const { value, refuse } = contentOf(document, { lines, yaml, example });
  return isJsonObject(value) ? value : refuse(`is ${kindOf(value)} instead of an object`);
}

/** One of the documents of a text, and the line that it begins in, counted from 1. */
export interface FoundDocument {
  readonly value: JsonObject;
  readonly line: number;
}

/**
 * Reads all documents of a text, separated by `---`, as kubectl reads them; those with nothing but
 * comments are left out.
 * @throws BadInput in words that follow "Input x"
 */
export async function parseDocuments(
  text: string,
  { example, longest }: { example: string; longest: number },
): Promise<readonly FoundDocument[]> {
  const yaml = await import('yaml');
  checkLength(text, longest, example);
  const lines = new yaml.LineCounter();
  const found = yaml.parseAllDocuments(text, {
    ...reading,
    lineCounter: lines,
    customTags: scalarsOfGo,
  });
  if (!Array.isArray(found)) return [];
  return found.flatMap((document: Document.Parsed) => {
    const { value, refuse } = contentOf(document, { lines, yaml, example });
    const start = document.contents?.range[0] ?? document.range[0];
    if (value === null) return [];
    if (!isJsonObject(value)) return refuse(`has ${kindOf(value)} instead of an object`, start);
    return { value, line: lines.linePos(start).line };
  });
}

const reading = {
  logLevel: 'error',
  merge: true,
  prettyErrors: false,
  // The library compares each key with each other one.
  uniqueKeys: false,
} as const;

function checkLength(text: string, longest: number, example: string): void {
  if (text.length <= longest) return;
  throw new BadInput(`is longer than ${longest} characters (${text.length})`, example);
}

interface Source {
  lines: LineCounter;
  yaml: Yaml;
  example: string;
}

function contentOf(
  document: Document.Parsed,
  { lines, yaml, example }: Source,
): { value: Json; refuse: Refuse } {
  const refuse: Refuse = (wrong, offset) => {
    throw new BadInput(offset === undefined ? wrong : `${wrong}, in ${at(offset)}`, example);
  };
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const words = wordsOf(problem);
    refuse(`is neither JSON nor YAML, in ${at(problem.pos[0])}: ${words}`);
  }
  return { value: jsonIn(document, refuse, yaml), refuse };
}

type Yaml = typeof import('yaml');
type Refuse = (wrong: string, offset?: number) => never;

function checkNodes(document: Document.Parsed, refuse: Refuse, yaml: Yaml): void {
  yaml.visit(document, {
    Map: (_, node) => checkKeys(node, refuse, yaml),
    Scalar(key, node, path) {
      if (key === 'key' || typeof node.value !== 'number') return;
      if (path.length > deepest) refuse('is nested too deep', node.range?.[0]);
      const source = node.source ?? '';
      if (jsonNumber.test(source)) node.value = numberAsIs(node.value, source);
      else if (!Number.isFinite(node.value)) {
        refuse(`has ${source}, which JSON has not`, node.range?.[0]);
      }
    },
  });
}

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function checkKeys(node: YAMLMap, refuse: Refuse, { isScalar }: Yaml): void {
  const keys = new Set<string>();
  for (const { key, value } of node.items) {
    const [at] = (isScalar(key) ? key.range : node.range) ?? [];
    const name = isScalar(key) ? String(key.value) : refuse('has a key that is no text', at);
    if (keys.has(name)) refuse(`has the key ${name} twice`, at);
    if (node.flow && isLeftOut(value, isScalar)) refuse(`has the key ${name} without a value`, at);
    keys.add(name);
  }
}

// What stands between braces is meant as JSON, which has no value that is left out.
function isLeftOut(value: unknown, isScalar: Yaml['isScalar']): boolean {
  if (value === null) return true;
  return isScalar(value) && value.value === null && value.source === '';
}

// Aliases of aliases can take all memory; the library counts them.
function jsonIn(document: Document.Parsed, refuse: Refuse, yaml: Yaml): Json {
  try {
    checkNodes(document, refuse, yaml);
    return jsonOf(document.toJS());
  } catch (error) {
    if (error instanceof BadInput) throw error;
    return refuse(`is neither JSON nor YAML (${wordsOf(error)})`, document.range[0]);
  }
}

/** A value as JSON. @throws TypeError for what JSON has not */
export function jsonOf(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean' || JSON.isRawJSON(value)) return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype)
    throw new TypeError(`a ${typeof value} is no JSON`);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]));
}

function wordsOf(error: unknown): string {
  const words = messageOf(error);
  return words.startsWith('Maximum call stack') ? 'it is nested too deep' : cut(words, 300);
}

function kindOf(value: Json): string {
  if (value === null) return 'empty';
  return isJsonList(value) ? 'a list' : `a ${typeof value}`;
}

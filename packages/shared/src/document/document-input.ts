import { readFileSync, statSync } from 'node:fs';
import { BadInput, type Input, trim } from '../action/input.ts';
import { found } from '../action/path-input.ts';
import type { JsonObject } from './json-object.ts';
import { longestDocument, parseDocument } from './parse-document.ts';

/** Where a document of an input is. */
export type DocumentPlace = { at: 'file'; path: string } | { at: 'text'; text: string };

const largestFile = 256 * 1024;

/** An input that is a file in the workspace, or the text itself. */
export function documentInput(workspace: string, example: string): Input<DocumentPlace> {
  return {
    example,
    longest: longestDocument,
    multiline: true,
    parse(value) {
      const text = trim(value);
      if (/^[[{]/.test(text) || text.includes('\n')) return { at: 'text', text: value };
      return { at: 'file', path: found([workspace], text, { kind: 'file', example }) };
    },
  };
}

/**
 * Reads the document of an input.
 * @throws BadInput in words that follow "Input x"
 */
export async function readDocument(place: DocumentPlace, example: string): Promise<JsonObject> {
  return parseDocument(textAt(place, example), example);
}

function textAt(place: DocumentPlace, example: string): string {
  if (place.at === 'text') return place.text;
  if (statSync(place.path).size > largestFile) {
    throw new BadInput('names a file above 256 KiB', example);
  }
  const bytes = readFileSync(place.path);
  try {
    // Editors on Windows write the mark of UTF-8 first; the decoder takes it away.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new BadInput('names a file that is not UTF-8', example);
  }
}

import { oneLine } from '../image/said.ts';
import { isJsonList, type Json } from './json-object.ts';

/** Takes one thing that is wrong with a document, as a sentence without its end. */
export type Problems = (wrong: string) => void;

const most = 25;

/** Gathers what is wrong; a sentence is there once. */
export function gatherProblems(): { add: Problems; text(): string } {
  const all = new Set<string>();
  return {
    add: (wrong) => all.add(oneLine(wrong)),
    text: () => {
      const lines = [...all].slice(0, most).map((wrong) => `- ${wrong}.`);
      if (all.size > most) lines.push(`- … and ${all.size - most} more.`);
      // Each on a line of its own, below the sentence that they end.
      return lines.map((line) => `\n${line}`).join('');
    },
  };
}

/** What a value is, for people. */
export function kindOf(value: Json | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (isJsonList(value)) return 'a list';
  if (typeof value === 'boolean') return 'true or false';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'number' || JSON.isRawJSON(value) ? 'a number' : 'an object';
}

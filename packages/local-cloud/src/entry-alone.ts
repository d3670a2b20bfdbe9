import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StepResult } from './runner.ts';

/** The entry of a built bundle without its chunks: what it does, it does without its libraries. */
export interface EntryAlone extends AsyncDisposable {
  /** Path to start. */
  entry: string;
}

/** Copies it into a folder of its own. */
export async function entryAlone(bundle: string): Promise<EntryAlone> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bundle-'));
  for (const file of ['index.js', 'package.json']) {
    await cp(join(dirname(bundle), file), join(folder, file));
  }
  return {
    entry: join(folder, 'index.js'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Each input in turn is longer than it may be, where 1,000 characters are the most of most. */
export function overLong(names: readonly string[], longest: Readonly<Record<string, number>>) {
  const limits = names.map((name) => [name, longest[name] ?? 1_000] as const);
  return {
    inputs: Object.fromEntries(limits.map(([name, limit]) => [name, 'x'.repeat(limit + 1)])),
    problems: limits.map(([name, limit]) => `Input ${name} is longer than ${limit} characters`),
  };
}

/** Each input has a control character in it. */
export function withControlCharacter(names: readonly string[]) {
  return {
    inputs: Object.fromEntries(names.map((name) => [name, 'a\u0007b'])),
    problems: names.map((name) => `Input ${name} contains the control character U+0007.`),
  };
}

/** What people see of the log of a step: the runner keeps the commands that mask to itself. */
export function shownOf({ log }: Pick<StepResult, 'log'>): string {
  return log.replace(/^::add-mask::.*\n/gm, '');
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { catalogue } from '../../src/failure/catalogue.ts';

// Each fact is shown by its name, as in docs/failures.md.
const facts = new Proxy<Record<string, string>>({}, { get: (_, name) => `‹${String(name)}›` });

const entries = Object.entries(catalogue).map(([code, sentences]) => {
  const entry: { cause(f: unknown): string; remedy(f: unknown): string } = sentences;
  return { code, cause: entry.cause(facts), remedy: entry.remedy(facts) };
});

describe.each(entries)('$code', ({ code, cause, remedy }) => {
  it('is a code that lasts: a room and a name', () => {
    expect(code).toMatch(/^[a-z][a-z0-9]*\/[a-z]+(?:-[a-z]+)*$/);
  });

  it('has whole sentences; only words of others, at the end, may end as they like', () => {
    for (const text of [cause, remedy]) {
      expect(text).toMatch(/^(?:[A-Z]|‹\w+›|docker )/);
      expect(text).toMatch(/(?:[^.][.!?]|: ‹\w+›|^‹\w+›)$/);
    }
  });

  it('says something else to do than what happened', () => {
    expect(remedy).not.toBe('');
    expect(remedy).not.toBe(cause);
  });
});

describe('the facts of every entry', () => {
  const folder = join(import.meta.dirname, '../../src/failure/entries');
  const source = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  // `'code': entry({ cause: (f: { one: string; two: string }) => …`
  const declared = [
    ...source.matchAll(/'([a-z][a-z0-9]*\/[a-z-]+)': entry\(\{\s*cause: \((?:f: \{([^}]*)\})?\)/g),
  ];

  it('are read from every entry', () => {
    expect(declared.map(([, code]) => code).sort()).toEqual(entries.map(({ code }) => code).sort());
  });

  it.each(
    declared.map(([, code = '', types = '']) => [
      code,
      [...types.matchAll(/(\w+): string/g)].map(([, name]) => name),
    ]),
  )('%s uses %j', (code, names) => {
    const entry = entries.find((one) => one.code === code);
    const used = [...`${entry?.cause} ${entry?.remedy}`.matchAll(/‹(\w+)›/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(used)].sort()).toEqual([...names].sort());
  });
});

import { plainText, withoutEnd } from '@slipway/shared/action/plain-text';
import { cut } from '@slipway/shared/secrets/cut';
import { redact } from '@slipway/shared/secrets/redact';

const longest = 500;

/**
 * What Trivy says about its failure, on one line: its FATAL line, else its last one.
 * @param stderr `2026-08-14T10:00:00Z	FATAL	Fatal error	err="run error: …"`
 */
export function saidBy(stderr: string): string {
  const lines = plainText(redact(stderr))
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const fatal = lines.findLast((line) => /\bFATAL\b/.test(line));
  const line = fatal ?? lines.at(-1) ?? 'it said nothing';
  const [, quoted] = /\berr="((?:[^"\\]|\\.)*)"/.exec(line) ?? [];
  const text = (quoted?.replace(/\\([\\"])/g, '$1') ?? line.replace(/^.*\bFATAL\b\s*/, ''))
    .replace(/\\[nt]/g, ' ')
    .replace(/\s+/g, ' ');
  return cut(withoutEnd(text, ' .'), longest);
}

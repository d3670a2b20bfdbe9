import { Failure } from '@slipway/shared/failure/failure';
import { listField, parseJson, textField } from '@slipway/shared/http/json';

/**
 * CVEs in CISA's catalogue of known exploited vulnerabilities.
 * Source: https://www.cisa.gov/known-exploited-vulnerabilities-catalog (JSON)
 * @throws Failure `gate/feed` when it is something else
 */
export function parseExploited(feed: string, text: string): Set<string> {
  const entries = listField(parseJson(text), 'vulnerabilities');
  const ids = entries.map((entry) => textField(entry, 'cveID')).filter((id) => id !== undefined);
  if (ids.length > 0 && ids.length === entries.length) return new Set(ids);
  const said = 'it has no list `vulnerabilities` with a cveID in each entry';
  throw Failure.of('gate/feed', { feed, said });
}

/**
 * EPSS scores, 0 to 1, of the vulnerabilities that were found.
 * Source: https://www.first.org/epss/data_stats (CSV: a comment, `cve,epss,percentile`, rows)
 * @throws Failure `gate/feed` when it is something else
 */
export function parsePredictions(
  feed: string,
  text: string,
  found: ReadonlySet<string>,
): Map<string, number> {
  const rows = text.split(/\r?\n/).filter((row) => row !== '' && !row.startsWith('#'));
  const [head = '', ...data] = rows;
  const fail = (said: string) => Failure.of('gate/feed', { feed, said });
  if (!/^cve,epss\b/.test(head)) throw fail('it has no line cve,epss,percentile');
  const scores = new Map<string, number>();
  for (const row of data) {
    const [id = '', text = ''] = row.split(',');
    if (!found.has(id)) continue;
    const score = text === '' ? Number.NaN : Number(text);
    if (!(score >= 0 && score <= 1)) throw fail(`${id} has no score between 0 and 1`);
    scores.set(id, score);
  }
  return scores;
}

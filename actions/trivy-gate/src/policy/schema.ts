import {
  array,
  check,
  description,
  type InferOutput,
  integer,
  literal,
  maxValue,
  minValue,
  number,
  optional,
  picklist,
  pipe,
  regex,
  strictObject,
  string,
  transform,
  union,
} from 'valibot';
import { severities } from '../findings/finding.ts';
import { parseDay } from './day.ts';
import { parsePurlGlob } from './purl-glob.ts';

// policy.schema.json is generated from here (scripts/generate.ts), so a message ends in an example.

const blocks = picklist(['any', 'fixed', 'never'], 'is not one of any, fixed, never');
const from = picklist([...severities, 'never'], `is not one of ${severities.join(', ')}, never`);
const days = pipe(
  number('is not a number of days, such as 14'),
  integer('is not a whole number of days, such as 14'),
  minValue(0, 'is less than 0'),
  maxValue(3650, 'is more than 3650 days'),
);
const count = union(
  [
    pipe(
      number(),
      integer('is not a whole number, such as 10'),
      minValue(0, 'is less than 0, which nothing can be'),
    ),
    literal('baseline'),
  ],
  'is neither a whole number such as 10 nor the word baseline',
);
const words = (example: string) => {
  const wrong = `is not a text, such as ${example}`;
  return pipe(string(wrong), regex(/\S/, 'is empty'));
};
const purlGlob = pipe(
  words('pkg:npm/lodash@*'),
  check(isPurlGlob, 'is not a purl, such as pkg:npm/lodash@*'),
  transform(parsePurlGlob),
);
const licenseList = array(words('AGPL-3.0-only'), 'is not a list of licences');
const sha256 = pipe(
  string('is not a SHA-256 of 64 hex digits'),
  regex(/^[0-9a-f]{64}$/, 'is not a SHA-256 of 64 hex digits in lower case'),
);
const feed = {
  feed: pipe(
    words('feeds/kev.json'),
    description('Path in the workspace, or an https address together with sha256.'),
  ),
  sha256: optional(pipe(sha256, description('Digest of what is at the address.'))),
};
const bySeverity = <T>(entry: () => T) => ({
  critical: entry(),
  high: entry(),
  medium: entry(),
  low: entry(),
  unknown: entry(),
});

const allowEntry = strictObject({
  id: pipe(words('CVE-2024-12345'), description('Vulnerability, rule or licence.')),
  purl: optional(
    pipe(
      purlGlob,
      description('Only in this package, with * for any text. Default is everywhere.'),
    ),
  ),
  reason: pipe(words('not reachable: the parser is never given user input')),
  owner: pipe(words('team-payments'), description('Who decided, and is asked when it ends.')),
  expires: pipe(
    string('is not a day, such as 2027-01-31'),
    check((text) => parseDay(text) !== undefined, 'is not a day, such as 2027-01-31'),
    description('Last day on which it counts, in UTC.'),
  ),
});

/** An allowlist on its own. */
export const allowlistSchema = array(
  allowEntry,
  'is not a list of entries with id, reason, owner, expires',
);

/** A policy as it is written. */
export const policySchema = strictObject({
  severities: optional(
    pipe(
      strictObject(bySeverity(() => optional(blocks))),
      description('Which vulnerabilities block: any, only those with a fix, or never.'),
    ),
  ),
  'grace-days': optional(
    pipe(
      strictObject(bySeverity(() => optional(days))),
      description('Days after its publication in which a vulnerability does not block.'),
    ),
  ),
  maximum: optional(
    pipe(
      strictObject(bySeverity(() => optional(count))),
      description('Most findings of a severity; `baseline` for no more than the baseline has.'),
    ),
  ),
  packages: optional(
    pipe(
      array(strictObject({ purl: purlGlob, fail: blocks }), 'is not a list of rules'),
      description('Packages that are treated differently. The first rule that matches counts.'),
    ),
  ),
  secrets: optional(pipe(from, description('Severity from which on a secret blocks.'))),
  misconfigurations: optional(
    pipe(from, description('Severity from which on a misconfiguration blocks.')),
  ),
  licenses: optional(
    strictObject({
      from: optional(pipe(from, description('Severity from which on a licence blocks.'))),
      deny: optional(pipe(licenseList, description('Licences that always block.'))),
      allow: optional(pipe(licenseList, description('Licences that never block.'))),
    }),
  ),
  'known-exploited': optional(
    pipe(
      strictObject(feed),
      description("CISA's catalogue as JSON. What is in it blocks, whatever its severity."),
    ),
  ),
  'exploit-prediction': optional(
    pipe(
      strictObject({
        ...feed,
        'at-least': pipe(
          number('is not a number, such as 0.5'),
          minValue(0, 'is less than 0'),
          maxValue(1, 'is more than 1'),
          description('EPSS score from which on a vulnerability blocks.'),
        ),
      }),
      description("FIRST's EPSS scores as CSV, plain or gzipped."),
    ),
  ),
  'end-of-life': optional(
    pipe(
      picklist(['fail', 'warn'], 'is neither fail nor warn'),
      description('What a system without security updates does.'),
    ),
  ),
  allow: optional(pipe(allowlistSchema, description('Findings that may pass for a time.'))),
  'allow-warn-days': optional(
    pipe(days, description('Days before its end in which an allowlist entry is warned of.')),
  ),
});

export type PolicyText = InferOutput<typeof policySchema>;

function isPurlGlob(text: string): boolean {
  try {
    parsePurlGlob(text);
    return true;
  } catch {
    return false;
  }
}

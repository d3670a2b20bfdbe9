import type { GitHubContext } from '@slipway/shared/action/github';
import { commitOf, commitTimeOf } from './tags/facts.ts';

/** What the labels are made of. */
export interface LabelFacts {
  github: GitHubContext;
  /** The first computed tag. */
  version: string;
  now: Date;
  /**
   * Seconds since 1970 out of SOURCE_DATE_EPOCH; wins over the time of the commit.
   * Source: https://reproducible-builds.org/specs/source-date-epoch/
   */
  sourceDateEpoch?: number | undefined;
}

const control = /[\p{Cc}\u2028\u2029]+/gu;

/** Everything that is wrong with the labels that were asked for. */
export class InvalidLabels extends Error {
  override readonly name = 'InvalidLabels';
  readonly problems: string[];

  constructor(problems: string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * The OCI labels that the event tells without asking any API, with the user's own on top, sorted by
 * key. The same map serves as annotations. An empty value leaves the label out, so a user can take
 * one away. `created` is the time of the commit where the event tells it, so that the same commit
 * gives the same image.
 * Source: https://github.com/opencontainers/image-spec/blob/main/annotations.md
 * @throws InvalidLabels when a key or value of the user cannot be a label
 */
export function imageLabels(
  facts: LabelFacts,
  custom: ReadonlyMap<string, string>,
): Record<string, string> {
  const problems = [...custom].flatMap(([key, value]) => whyInvalid(key, value) ?? []);
  const { sourceDateEpoch = 0 } = facts;
  if (Number.isNaN(new Date(sourceDateEpoch * 1_000).getTime())) {
    problems.push(
      'SOURCE_DATE_EPOCH is not a number of seconds that makes a date. Valid: 1700000000',
    );
  }
  if (problems.length > 0) throw new InvalidLabels(problems);

  const labels = new Map([...known(facts), ...custom]);
  const given = [...labels].filter(([, value]) => value !== '');
  return Object.fromEntries(given.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function known({ github, version, now, sourceDateEpoch }: LabelFacts): Array<[string, string]> {
  const { event, repository, serverUrl } = github;
  const address = repository && `${serverUrl}/${repository}`;
  const epoch = sourceDateEpoch === undefined ? undefined : new Date(sourceDateEpoch * 1_000);
  // GitHub's word for a licence that it does not recognise; it says nothing.
  const license = event.license === 'NOASSERTION' ? '' : (event.license ?? '');
  const labels = {
    title: repository.slice(repository.indexOf('/') + 1),
    description: event.description ?? '',
    url: address,
    source: address,
    version,
    created: (epoch ?? commitTimeOf(github) ?? now).toISOString(),
    revision: commitOf(github),
    licenses: license,
  };
  return Object.entries(labels).map(([name, value]) => [
    `org.opencontainers.image.${name}`,
    value.replace(control, ' ').trim(),
  ]);
}

function whyInvalid(key: string, value: string): string | undefined {
  const example = 'Valid: org.opencontainers.image.vendor=Example Ltd';
  const printable = key.replace(control, '\ufffd');
  if (key === '' || printable !== key || /[\s=]/.test(key)) {
    return `Input labels: "${printable}" is not the key of a label, which has no blank and no "=" in it. ${example}`;
  }
  if (value.search(control) < 0) return undefined;
  return `Input labels: the value of ${key} has a control character in it, such as a tab. ${example}`;
}

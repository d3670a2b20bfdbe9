import { gantt } from '@slipway/shared/action/gantt';
import { codeBlock, codeSpan, escapeMarkdown, table } from '@slipway/shared/action/markdown';
import type { Failure } from '@slipway/shared/failure/failure';
import type { TimelineEntry } from '@slipway/shared/time/timeline';
import { BuildxReport } from './buildx-report.ts';
import type { Published } from './move-tags.ts';
import type { ComputedTag } from './tags/computed-tag.ts';

/** Everything there is to say about a run, also about one that failed. */
export interface Report {
  /** Repositories that are published in: `ghcr.io/owner/app`. */
  names: readonly string[];
  /** What was pushed and read back from every repository. */
  digest?: string;
  tags: readonly ComputedTag[];
  published: readonly Published[];
  labels: Readonly<Record<string, string>>;
  timeline: readonly TimelineEntry[];
  failure?: Failure;
}

/** The outputs of build-push. */
export function buildOutputs({ digest, tags, published, labels, timeline }: Report) {
  const first = published[0];
  return {
    image: digest && first ? `${first.name}@${digest}` : '',
    digest: digest ?? '',
    tags: published.flatMap((one) => one.tags).join('\n'),
    version: tags[0]?.tag ?? '',
    metadata: JSON.stringify({
      digest: digest ?? null,
      repositories: published.map(({ name, tags, held, platforms }) => ({
        name,
        tags,
        held,
        platforms,
      })),
      labels,
      timings: timeline.map(({ name, start, end }) => ({ name, ms: end - start })),
    }),
  };
}

/** The last line of a run: what is in the registries now. */
export function buildClosing({ digest, failure, published }: Report): string {
  const first = published[0];
  const image = digest && first ? `${first.name}@${digest} is read back, ` : '';
  if (failure) {
    const verdict = failure.code === 'action/cancelled' ? 'cancelled' : 'failed';
    return `${verdict}: ${image}${image ? tagCount(published) : 'no tag was moved'}.`;
  }
  return image ? `pushed: ${image}${tagCount(published)}.` : 'built: nothing was pushed, as asked.';
}

function tagCount(published: readonly Published[]): string {
  const count = (list: (one: Published) => readonly unknown[]) =>
    published.reduce((sum, one) => sum + list(one).length, 0);
  const [moved, held, missed] = [
    count(({ tags }) => tags),
    count(({ held }) => held),
    count(({ missed }) => missed),
  ];
  if (moved + missed === 0) {
    return held > 0
      ? 'no tag points to it: all of them stay with a higher version'
      : 'no tag was moved, as asked';
  }
  const all = missed > 0 ? ` of ${moved + missed}` : '';
  const points = `${moved}${all} ${moved + missed === 1 ? 'tag points' : 'tags point'} to it`;
  return held > 0
    ? `${points}, ${held} ${held === 1 ? 'stays' : 'stay'} with a higher version`
    : points;
}

/** The job summary: verdict first, then what is in the registries, why, and how it went. */
export function buildSummary(report: Report): string {
  const { digest, failure, published, timeline } = report;
  const parts = [
    `## ${failure ? '❌' : '✅'} ${escapeMarkdown(headline(report))}`,
    failure ? whyItFailed(failure) : '',
    digest ? images(digest, published) : '',
    tagsThatStay(published),
    gantt(timeline),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headline({ digest, failure, names, published }: Report): string {
  const verdict = () => {
    if (failure?.code === 'action/cancelled') return 'cancelled';
    if (failure) return digest ? 'pushed, but not all tags moved' : 'nothing was tagged';
    if (!digest) return 'built, nothing was pushed';
    const moved = published.some(({ tags }) => tags.length > 0);
    return `pushed, read back, ${moved ? 'tagged' : 'no tag moved'}`;
  };
  return `${names.join(', ')}: ${verdict()}`;
}

function whyItFailed(failure: Failure): string {
  const { cause, code, message, remedy } = failure;
  const said = cause instanceof BuildxReport && cause.message ? [codeBlock(cause.message)] : [];
  return [`**${codeSpan(code)}** ${escapeMarkdown(message)}`, escapeMarkdown(remedy), ...said].join(
    '\n\n',
  );
}

function images(digest: string, published: readonly Published[]): string {
  const short = (name: string) => (tag: string) => codeSpan(tag.slice(name.length + 1));
  const rows = published.map(({ name, tags, missed, platforms }) => [
    codeSpan(`${name}@${digest}`),
    tags.map(short(name)).join(' '),
    missed.map(short(name)).join(' '),
    platforms.map(escapeMarkdown).join(', '),
  ]);
  const failed = published.some(({ missed }) => missed.length > 0);
  const shown = (cells: string[]) => (failed ? cells : cells.toSpliced(2, 1));
  return table(shown(['image', 'tags', 'not moved', 'platforms']), rows.map(shown));
}

function tagsThatStay(published: readonly Published[]): string {
  const held = published.flatMap(({ name, held }) =>
    held.map(({ why }) => `- ${codeSpan(name)}: ${escapeMarkdown(why)}`),
  );
  return held.length > 0 ? `### Tags that stay\n\n${held.join('\n')}` : '';
}

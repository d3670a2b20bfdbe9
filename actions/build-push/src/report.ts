import { gantt } from '@slipway/shared/action/gantt';
import { codeSpan, escapeMarkdown, table } from '@slipway/shared/action/markdown';
import type { TimelineEntry } from '@slipway/shared/time/timeline';
import type { Published } from './repository.ts';
import type { ComputedTag } from './tags/computed-tag.ts';

/** Everything there is to say about a build. */
export interface Report {
  /** Undefined when nothing was pushed. */
  digest: string | undefined;
  tags: readonly ComputedTag[];
  published: readonly Published[];
  labels: Readonly<Record<string, string>>;
  timeline: readonly TimelineEntry[];
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
      repositories: published,
      labels,
      timings: timeline.map(({ name, start, end }) => ({ name, ms: end - start })),
    }),
  };
}

/** The last line of a run. */
export function buildClosing({ digest, published }: Report): string {
  const first = published[0];
  if (!digest || !first) return 'built: nothing was pushed, as asked.';
  const count = published.reduce((sum, { tags }) => sum + tags.length, 0);
  return `pushed: ${first.name}@${digest} is read back, ${count} ${count === 1 ? 'tag points' : 'tags point'} to it.`;
}

/** The job summary. */
export function buildSummary(report: Report): string {
  const { digest, published, timeline } = report;
  const first = published[0];
  const parts = digest && first ? pushed(digest, published) : ['## ✅ built, nothing was pushed'];
  return `${[...parts, gantt(timeline)].filter((part) => part !== '').join('\n\n')}\n`;
}

function pushed(digest: string, published: readonly Published[]): string[] {
  const names = published.map(({ name }) => name).join(', ');
  const rows = published.map(({ name, tags, platforms }) => [
    codeSpan(`${name}@${digest}`),
    tags.map((tag) => codeSpan(tag.slice(name.length + 1))).join(' '),
    platforms.map(escapeMarkdown).join(', '),
  ]);
  const held = published.flatMap(({ name, held }) =>
    held.map(({ why }) => `- ${codeSpan(name)}: ${escapeMarkdown(why)}`),
  );
  return [
    `## ✅ ${escapeMarkdown(names)}: pushed, read back, tagged`,
    table(['image', 'tags', 'platforms'], rows),
    held.length > 0 ? `### Tags that stay\n\n${held.join('\n')}` : '',
  ];
}

import { formatDuration } from '../time/duration.ts';
import type { TimelineEntry } from '../time/timeline.ts';

/**
 * A timeline as a chart that GitHub draws; empty without phases. Names of phases are our own words, so
 * the chart has no untrusted text. The axis counts seconds, as minutes of the clock
 * would be shifted for readers in half a time zone.
 * Source: https://mermaid.js.org/syntax/gantt.html
 */
export function gantt(timeline: readonly TimelineEntry[]): string {
  const first = timeline[0];
  if (!first) return '';
  const bars = timeline.map(({ name, start, end, ok }) => {
    const length = formatDuration(end - start);
    const mark = ok ? 'done' : 'crit';
    return `  ${name} ${length} :${mark}, ${start - first.start}, ${Math.max(end, start + 1) - first.start}`;
  });
  return [
    '### Timeline',
    '',
    '```mermaid',
    'gantt',
    '  dateFormat x',
    '  axisFormat %s s',
    ...bars,
    '```',
  ].join('\n');
}

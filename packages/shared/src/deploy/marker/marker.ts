import { oneLine } from '../../image/said.ts';
import type { DeployResult, Serving } from '../result.ts';

/** What a marker says beside how the deploy ended. */
export interface MarkerFacts {
  /** What is deployed: the name of a service or workload. */
  service: string;
  /** Empty where it is not known. */
  environment: string;
  /** What is deployed where there is no image; empty where that is not known. */
  commit: string;
  /** Empty outside of a runner. */
  runUrl: string;
}

/** An annotation as Grafana takes it; times in milliseconds since the epoch. */
export interface Marker {
  time: number;
  timeEnd: number;
  tags: readonly string[];
  text: string;
}

/**
 * The annotation of a deploy, from its first change to its end. Tags are `deploy` and pairs such as
 * `service:shop`, by which a dashboard asks for them.
 */
export function markerOf(result: DeployResult, facts: MarkerFacts, now: number): Marker {
  const { plan, status, timeline } = result;
  const { service, environment, runUrl } = facts;
  const begin = timeline.find(({ name }) => /^apply(?:$|:)/.test(name));
  const image = plan?.image ?? '';
  const digest = image.slice(image.lastIndexOf(':') + 1);
  const pairs = [
    ['service', service],
    ['environment', environment],
    image === '' ? ['commit', facts.commit] : ['digest', digest],
    ['outcome', status],
  ] as const;
  const tags = pairs.flatMap(([key, value]) => (value === '' ? [] : [tag(key, value)]));
  const where = environment === '' ? '' : ` in ${environment}`;
  const code = result.failure ? ` (${result.failure.code})` : '';
  const what = image === '' ? facts.commit : image;
  const lines = [
    `${service}${where}: ${status}${code}, ${serves[result.serving]}`,
    what === '' ? '' : `deployed: ${what}`,
    runUrl === '' ? '' : `run: ${runUrl}`,
  ];
  return {
    time: begin?.start ?? now,
    timeEnd: now,
    tags: ['deploy', ...tags],
    text: lines
      .filter((line) => line !== '')
      .map(escaped)
      .join('\n'),
  };
}

const serves: Record<Serving, string> = {
  new: 'the new version serves',
  old: 'the version before serves',
  nothing: 'nothing serves, as before',
  unchanged: 'nothing was changed',
  unknown: 'it is not known what serves',
};

// Grafana refuses more than 500 bytes for all tags as JSON, keeps key and value in columns of 100
// characters, and drops what stands behind a second colon.
// Source: grafana/grafana, validateTagsLength in pkg/services/annotations, ParseTagPairs in pkg/services/tag
const mostBytes = 90;

function tag(key: string, value: string): string {
  const characters = [...`${key}:${oneLine(value).replaceAll(':', '-')}`];
  // No character is cut in its middle.
  while (Buffer.byteLength(characters.join('')) > mostBytes) characters.pop();
  return characters.join('');
}

// Grafana shows the text as HTML.
function escaped(line: string): string {
  const names: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' };
  return oneLine(line).replace(/[&<>"]/g, (found) => `&${names[found]};`);
}

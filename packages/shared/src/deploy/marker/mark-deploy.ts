import type { Commands } from '../../action/commands.ts';
import type { GitHubContext } from '../../action/github.ts';
import { Failure } from '../../failure/failure.ts';
import { type Fetch, httpFetch } from '../../http/fetch.ts';
import type { Clock } from '../../time/clock.ts';
import type { DeployResult } from '../result.ts';
import { markerOf } from './marker.ts';
import type { MarkerValues } from './marker-inputs.ts';
import { writeMarker } from './write-marker.ts';

/** What marking a deploy needs. */
export interface MarkTools {
  clock: Clock;
  signal: AbortSignal;
  commands: Pick<Commands, 'info' | 'warning'>;
  github: Pick<GitHubContext, 'runUrl'>;
  service: () => string;
  commit?: string;
  fetch?: Fetch;
}

/**
 * Marks a deploy in Grafana, where the inputs ask for it. Never throws: a marker that cannot be
 * written is a warning, since how the deploy ended does not depend on it.
 */
export async function markDeploy(
  result: DeployResult,
  values: MarkerValues,
  { clock, signal, commands, github, service, commit = '', fetch = httpFetch }: MarkTools,
): Promise<void> {
  const { 'grafana-url': url, 'grafana-token': token } = values;
  if (!url || !token || result.status === 'planned') return;
  if (result.status === 'unchanged') {
    commands.info('No deploy marker: nothing was changed.');
    return;
  }
  const environment = values['grafana-environment'] ?? '';
  const facts = { service: service(), environment, commit, runUrl: github.runUrl };
  const marker = markerOf(result, facts, clock.now());
  const written = await writeMarker({ url, token }, marker, { clock, signal, fetch });
  if (typeof written === 'object') {
    commands.info(`Marked in Grafana at ${url.host}: annotation ${written.id}.`);
    return;
  }
  const { message, remedy } = Failure.of('deploy/marker', { grafana: url.host, why: written });
  commands.warning(`${message} ${remedy}`, 'deploy/marker');
}

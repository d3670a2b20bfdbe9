// How the service is doing for its users.
import { dashboard, lines, OF_USERS, row, stat } from './parts.ts';

const count = `http_request_duration_seconds_count{${OF_USERS}}`;
const failed = `http_request_duration_seconds_count{${OF_USERS},status=~"5.."}`;
const bucket = `http_request_duration_seconds_bucket{${OF_USERS}}`;
const fast = `http_request_duration_seconds_bucket{${OF_USERS},le="0.25"}`;
const rate = (series: string, by = '') =>
  `sum${by && ` by (${by})`} (rate(${series}[$__rate_interval]))`;
const quantile = (q: number) => `histogram_quantile(${q}, ${rate(bucket, 'le')})`;

export const service = dashboard(
  'example-app-service',
  'Example app: service',
  'Requests, errors and durations of the app, its objectives, and what was deployed when.',
)
  .withPanel(
    stat({
      title: 'Requests',
      description: 'Requests a second of users, of all instances.',
      unit: 'reqps',
      queries: { requests: rate(count) },
    }),
  )
  .withPanel(
    stat({
      title: 'Failed',
      description: 'The share of requests that are answered with 5xx; the objective allows 0.1 %.',
      unit: 'percentunit',
      queries: { failed: `${rate(failed)} / ${rate(count)}` },
    }),
  )
  .withPanel(
    stat({
      title: 'Within 0.25 s',
      description: 'The share of requests that are answered in time; the objective asks for 99 %.',
      unit: 'percentunit',
      queries: { fast: `${rate(fast)} / ${rate(count)}` },
    }),
  )
  .withPanel(
    stat({
      title: 'Alerts',
      description: 'Alerts of the service that fire now.',
      unit: 'none',
      queries: { firing: 'count(ALERTS{job="$job",alertstate="firing"}) or vector(0)' },
    }),
  )
  .withRow(row('Requests'))
  .withPanel(
    lines({
      title: 'Requests by route',
      description: 'Requests a second; unknown paths are together under unmatched.',
      unit: 'reqps',
      queries: { '{{method}} {{route}}': rate(count, 'method, route') },
    }),
  )
  .withPanel(
    lines({
      title: 'Requests by status',
      description: 'Requests a second by status code.',
      unit: 'reqps',
      queries: { '{{status}}': `${rate(count, 'status')} > 0` },
    }),
  )
  .withPanel(
    lines({
      title: 'Failed by route',
      description: 'The share of requests to each route that are answered with 5xx.',
      unit: 'percentunit',
      queries: { '{{route}}': `${rate(failed, 'route')} / ${rate(count, 'route')}` },
    }),
  )
  .withPanel(
    lines({
      title: 'Duration',
      description:
        'How long requests take: half of them, 95 and 99 of a hundred at most this long.',
      unit: 's',
      queries: { half: quantile(0.5), '95 %': quantile(0.95), '99 %': quantile(0.99) },
    }),
  )
  .withPanel(
    lines({
      title: 'Duration by route',
      description: 'How long 95 of a hundred requests to each route take at most.',
      unit: 's',
      queries: { '{{route}}': `histogram_quantile(0.95, ${rate(bucket, 'le, route')})` },
    }),
  )
  .withPanel(
    lines({
      title: 'Refused by the rate limit',
      description:
        'Requests a second that are answered with 429, and those that pass as the count does not answer.',
      unit: 'reqps',
      queries: {
        refused: rate('rate_limited_requests_total{job="$job",instance=~"$instance"}'),
        uncounted: rate('rate_limit_errors_total{job="$job",instance=~"$instance"}'),
      },
    }),
  )
  .withRow(row('Objectives of 30 days'))
  .withPanel(
    lines(
      {
        title: 'Availability: how fast the budget burns',
        description:
          'The share of failed requests in each window, in multiples of what the objective of 99.9 % allows. At 1 the budget lasts exactly 30 days; at 14.4 an alert calls.',
        unit: 'none',
        queries: { '{{window}}': 'job:slo_errors:ratio{job="$job",slo="availability"} / 0.001' },
      },
      12,
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Latency: how fast the budget burns',
        description:
          'The share of slow requests in each window, in multiples of what the objective of 99 % within 0.25 s allows.',
        unit: 'none',
        queries: { '{{window}}': 'job:slo_errors:ratio{job="$job",slo="latency"} / 0.01' },
      },
      12,
    ),
  );

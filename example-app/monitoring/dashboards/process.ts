// How the processes of the app are doing.
import { dashboard, lines, OF_INSTANCES, row, stat } from './parts.ts';

const of = (metric: string) => `${metric}{${OF_INSTANCES}}`;
const rate = (metric: string) => `rate(${of(metric)}[$__rate_interval])`;

export const processes = dashboard(
  'example-app-process',
  'Example app: processes',
  'The processes of the app: which release, how busy, how much memory, and what they depend on.',
)
  .withPanel(
    stat({
      title: 'Instances',
      description: 'Instances that Prometheus reaches.',
      unit: 'none',
      queries: { up: `sum(${of('up')})` },
    }),
  )
  .withPanel(
    stat({
      title: 'Releases',
      description: 'How many instances run each release; more than one release during a deploy.',
      unit: 'none',
      queries: { '{{version}} {{commit}}': `sum by (version, commit) (${of('app_info')})` },
    }),
  )
  .withPanel(
    stat({
      title: 'Youngest process',
      description: 'How long the instance that started last has been running.',
      unit: 's',
      queries: { age: `time() - max(${of('process_start_time_seconds')})` },
    }),
  )
  .withPanel(
    stat({
      title: 'Restarts',
      description: 'Restarts of all instances in the last hour.',
      unit: 'none',
      queries: { restarts: `sum(changes(${of('process_start_time_seconds')}[1h]))` },
    }),
  )
  .withRow(row('Saturation'))
  .withPanel(
    lines({
      title: 'Event loop',
      description:
        'The share of time that the event loop is busy; above 85 % requests wait for each other.',
      unit: 'percentunit',
      max: 1,
      queries: { '{{instance}}': of('event_loop_utilization') },
    }),
  )
  .withPanel(
    lines({
      title: 'Memory',
      description: 'What the process uses, and what it may use before the kernel kills it.',
      unit: 'bytes',
      queries: {
        '{{instance}}': of('process_resident_memory_bytes'),
        'limit of {{instance}}': of('memory_limit_bytes'),
      },
    }),
  )
  .withPanel(
    lines({
      title: 'Requests in flight',
      description: 'Requests that have come and are not answered yet.',
      unit: 'none',
      queries: { '{{instance}}': of('http_requests_in_flight') },
    }),
  )
  .withPanel(
    lines({
      title: 'CPU',
      description:
        'Seconds of processor a second: 1 is one processor, all that one event loop can use.',
      unit: 'none',
      queries: { '{{instance}}': rate('process_cpu_seconds_total') },
    }),
  )
  .withPanel(
    lines({
      title: 'Heap',
      description: 'The heap of V8 in use, and its size.',
      unit: 'bytes',
      queries: {
        'used by {{instance}}': of('nodejs_heap_size_used_bytes'),
        'size of {{instance}}': of('nodejs_heap_size_total_bytes'),
      },
    }),
  )
  .withPanel(
    lines({
      title: 'Garbage collection',
      description: 'The share of time that goes into garbage collection, by its kind.',
      unit: 'percentunit',
      queries: {
        '{{kind}}': `sum by (kind) (rate(${of('nodejs_gc_duration_seconds_sum')}[$__rate_interval]))`,
      },
    }),
  )
  .withRow(row('Dependencies'))
  .withPanel(
    lines(
      {
        title: 'Dependencies',
        description:
          'Whether each instance reaches what it depends on: 1 or 0. Empty when none is configured.',
        unit: 'none',
        max: 1,
        queries: { '{{dependency}} from {{instance}}': of('dependency_up') },
      },
      12,
    ),
  )
  .withPanel(
    lines(
      {
        title: 'Connections cut',
        description: 'Connections that the app closed before their answer was complete, a second.',
        unit: 'none',
        queries: { '{{instance}}': rate('connections_cut_total') },
      },
      12,
    ),
  );

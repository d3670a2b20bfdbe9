// What the dashboards are made of.
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source that provisioning makes; a dashboard names it by a variable only. */
export const DATASOURCE = { type: 'prometheus', uid: '$datasource' };

/** Requests of users: what probes and Prometheus ask for is none. */
export const OF_USERS = 'job="$job",instance=~"$instance",route!~"/health|/ready|/api/metrics"';
export const OF_INSTANCES = 'job="$job",instance=~"$instance"';

export type Panel = {
  readonly title: string;
  readonly description: string;
  /** A unit of Grafana, for example `reqps`. */
  readonly unit: string;
  /** Each legend, and its PromQL. */
  readonly queries: Readonly<Record<string, string>>;
  readonly min?: number;
  readonly max?: number;
};

/** A figure of now. */
export function stat(panel: Panel, span = 6): StatBuilder {
  const builder = new StatBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .colorMode(BigValueColorMode.None)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .span(span)
    .height(4);
  for (const query of queriesOf(panel)) builder.withTarget(query);
  return builder;
}

/** Lines over time, three in a row. */
export function lines(panel: Panel, span = 8): TimeSeriesBuilder {
  const builder = new TimeSeriesBuilder()
    .title(panel.title)
    .description(panel.description)
    .datasource(DATASOURCE)
    .unit(panel.unit)
    .min(panel.min ?? 0)
    .drawStyle(GraphDrawStyle.Line)
    .lineWidth(2)
    .fillOpacity(10)
    .span(span)
    .height(8);
  if (panel.max !== undefined) builder.max(panel.max);
  for (const query of queriesOf(panel)) builder.withTarget(query);
  return builder;
}

/** A dashboard of the app, with its variables and the markers of deploys. */
export function dashboard(uid: string, title: string, description: string): DashboardBuilder {
  return (
    new DashboardBuilder(title)
      .uid(uid)
      .id(null)
      .description(description)
      .tags(['example-app'])
      .readonly()
      .tooltip(DashboardCursorSync.Crosshair)
      .time({ from: 'now-1h', to: 'now' })
      .refresh('30s')
      .withVariable(
        new DatasourceVariableBuilder('datasource')
          .label('Data source')
          .type('prometheus')
          .current({
            selected: true,
            text: 'Prometheus',
            value: 'prometheus',
          }),
      )
      .withVariable(variable('job', 'Service', 'label_values(app_info, job)', 'example-app'))
      .withVariable(
        variable('instance', 'Instance', 'label_values(app_info{job="$job"}, instance)')
          .includeAll(true)
          .multi(true)
          .allValue('.*')
          .current({ selected: true, text: 'All', value: '$__all' }),
      )
      .annotation(
        new AnnotationQueryBuilder()
          .name('Deploys')
          .datasource(DATASOURCE)
          .enable(true)
          .iconColor('blue')
          .expr('job_release:app_deployed:marker{job="$job"}')
          .titleFormat('Release {{version}}')
          .textFormat('{{commit}}')
          .step('15s'),
      )
      // What the deploy actions write with `grafana-url`; there is nothing of it without them.
      .annotation(
        new AnnotationQueryBuilder()
          .name('Deploys by the pipeline')
          .datasource({ type: 'grafana', uid: '-- Grafana --' })
          .enable(true)
          .iconColor('purple')
          .target(byTags(['deploy'])),
      )
  );
}

function byTags(tags: readonly string[]) {
  const query = { type: 'tags', tags, matchAny: false, limit: 100, refId: 'Anno' };
  return { build: () => ({ ...query, _implementsDataqueryVariant() {} }) };
}

/** The text of a dashboard's file. */
export function fileOf(dashboard: DashboardBuilder): string {
  const model = dashboard.build();
  for (const [n, panel] of (model.panels ?? []).entries()) panel.id = n + 1;
  return `${JSON.stringify(model, null, 2)}\n`;
}

export function row(title: string): RowBuilder {
  return new RowBuilder(title);
}

function variable(name: string, label: string, query: string, value?: string) {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  return value === undefined ? builder : builder.current({ selected: true, text: value, value });
}

function queriesOf({ queries }: Panel): DataqueryBuilder[] {
  return Object.entries(queries).map(([legend, expr], n) =>
    new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + n))
      .datasource(DATASOURCE)
      .expr(expr)
      .legendFormat(legend)
      .range(),
  );
}

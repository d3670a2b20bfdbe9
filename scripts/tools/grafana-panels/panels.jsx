// Draws the panels of a dashboard with Grafana's own components. Bundled for the browser by the test,
// against the packages of this folder's lockfile; `window.draw` is all that it offers.
import {
  createTheme,
  dateTime,
  EventBusSrv,
  FieldColorModeId,
  FieldType,
  getDisplayProcessor,
  getFieldDisplayName,
  getMinMaxAndDelta,
  toDataFrame,
} from '@grafana/data';
import { BigValue, PanelChrome, PanelContextProvider, ThemeContext, TimeSeries } from '@grafana/ui';
import { createRoot } from 'react-dom/client';

const theme = createTheme({ colors: { mode: 'light' } });
const CELL = 1280 / 24;
const ROW = 38;

/**
 * @param dashboard the dashboard as its file has it
 * @param results for each panel by its id the series that Prometheus gave: name, times, values
 * @param range from and to, in milliseconds
 * @returns the titles of the panels that have nothing to draw
 */
window.draw = (dashboard, results, range) => {
  const empty = [];
  const from = dateTime(range.from);
  const to = dateTime(range.to);
  const timeRange = { from, to, raw: { from, to } };
  const panels = dashboard.panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    const box = { position: 'absolute', left: x * CELL, top: y * ROW, width: w * CELL - 8 };
    if (panel.type === 'row')
      return (
        <h2 key={panel.id} style={box}>
          {panel.title}
        </h2>
      );
    const frames = (results[panel.id] ?? []).map((series, n) => frameOf(panel, series, n));
    if (frames.length === 0) empty.push(panel.title);
    return (
      <div key={panel.id} style={box}>
        <PanelChrome title={panel.title} width={w * CELL - 8} height={h * ROW - 8}>
          {(width, height) =>
            frames.length === 0 ? (
              <p>No data</p>
            ) : (
              contentOf(panel, frames, { width, height, timeRange })
            )
          }
        </PanelChrome>
      </div>
    );
  });
  createRoot(document.getElementById('dashboard')).render(
    <ThemeContext.Provider value={theme}>
      <PanelContextProvider value={{ eventBus: new EventBusSrv() }}>
        <h1>{dashboard.title}</h1>
        <div style={{ position: 'relative' }}>{panels}</div>
      </PanelContextProvider>
    </ThemeContext.Provider>,
  );
  return empty;
};

/** A panel's defaults are merged by hand: the registry that does it in Grafana is not in the packages. */
function frameOf(panel, { name, times, values }, seriesIndex) {
  const { defaults } = panel.fieldConfig;
  const config = {
    ...defaults,
    displayName: name,
    color: { mode: FieldColorModeId.PaletteClassic },
    custom: {
      drawStyle: 'line',
      lineWidth: 1,
      fillOpacity: 0,
      showPoints: 'auto',
      pointSize: 5,
      axisPlacement: 'auto',
      scaleDistribution: { type: 'linear' },
      hideFrom: { legend: false, tooltip: false, viz: false },
      ...defaults.custom,
    },
  };
  const frame = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: times, config: {} },
      { name, type: FieldType.number, values, config },
    ],
  });
  for (const field of frame.fields) {
    field.display = getDisplayProcessor({ field, theme });
    field.state = { ...field.state, seriesIndex };
  }
  const [, field] = frame.fields;
  field.state.displayName = getFieldDisplayName(field, frame);
  field.state.range = getMinMaxAndDelta(field); // of which a sparkline makes its axis
  return frame;
}

function contentOf(panel, frames, { width, height, timeRange }) {
  if (panel.type === 'timeseries') {
    return (
      <TimeSeries
        frames={frames}
        width={width}
        height={height}
        timeRange={timeRange}
        timeZone="utc"
        legend={{ showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] }}
        options={{}}
      />
    );
  }
  return frames.map((frame) => {
    const [x, y] = frame.fields;
    const value = y.display(y.values.at(-1));
    return (
      <BigValue
        key={y.name}
        theme={theme}
        width={width / frames.length}
        height={height}
        value={{ ...value, title: frames.length > 1 ? y.name : undefined }}
        {...panel.options}
        sparkline={panel.options.graphMode === 'area' ? { x, y, timeRange } : undefined}
      />
    );
  });
}

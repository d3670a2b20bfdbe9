// Draws the last five minutes from /api/status. It asks again and again while somebody can see it, and
// less often for those who want less motion. Plain JavaScript: a browser runs the file as it is. Its types
// are in comments, and `npm run lint` checks them.

/**
 * @import { Status } from '../status.ts'
 * @typedef {Status & { version: string, commit: string, uptimeSeconds: number }} Answer
 * @typedef {'accent' | 'second' | 'bad' | 'soft' | 'line'} Color
 * @typedef {{ key: Exclude<keyof Status, 'intervalSeconds' | 'times'>, name: string, label?: string, color: Color, dash?: number[] }} Line
 * @typedef {(value: number) => string} Format
 * @typedef {{ id: string, format: Format, least: number, lines: Line[] }} Chart
 */

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const periodMs = () => (calm.matches ? 10_000 : 2000);

const number = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
/** @type {Format} */
const perSecond = (value) => `${number.format(value)}/s`;
/** @type {Format} */
const duration = (ms) => (ms < 1000 ? `${number.format(ms)} ms` : `${number.format(ms / 1000)} s`);
/** @type {Format} */
const megabytes = (bytes) => `${number.format(bytes / 1e6)} MB`;
/** @type {Format} */
const percent = (share) => `${number.format(share * 100)} %`;
/** @type {Format} */
const count = (value) => number.format(value);

// `least` keeps a quiet app's chart from making mountains of nothing.
/** @type {readonly Chart[]} */
const charts = [
  {
    id: 'requests',
    format: perSecond,
    least: 1,
    lines: [{ key: 'requestsPerSecond', name: 'Requests', color: 'accent' }],
  },
  {
    id: 'errors',
    format: perSecond,
    least: 1,
    lines: [{ key: 'errorsPerSecond', name: 'Errors (5xx)', label: '5xx', color: 'bad' }],
  },
  {
    id: 'latency',
    format: duration,
    least: 5,
    lines: [
      { key: 'p50Ms', name: 'Latency, median', label: 'p50', color: 'accent' },
      {
        key: 'p95Ms',
        name: 'Latency, 95th percentile',
        label: 'p95',
        color: 'second',
        dash: [5, 3],
      },
    ],
  },
  {
    id: 'inFlight',
    format: count,
    least: 4,
    lines: [
      { key: 'inFlight', name: 'Requests in flight, at most', label: 'at most', color: 'accent' },
    ],
  },
  {
    id: 'memory',
    format: megabytes,
    least: 100e6,
    lines: [{ key: 'memoryBytes', name: 'Memory', label: 'resident', color: 'accent' }],
  },
  {
    id: 'eventLoop',
    format: percent,
    least: 0.1,
    lines: [{ key: 'eventLoopUtilization', name: 'Event loop', label: 'busy', color: 'accent' }],
  },
];

/** An element of the page, which all have their id from there. @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}

/** @type {(tag: string, className: string, text?: string) => HTMLElement} */
const make = (tag, className, text = '') =>
  Object.assign(document.createElement(tag), { className, textContent: text });

/** The colours of the style sheet, as a canvas takes them: resolved for light or dark. */
const colors = { accent: '', second: '', bad: '', soft: '', line: '' };
function readColors() {
  /** @type {readonly Color[]} */
  const names = ['accent', 'second', 'bad', 'soft', 'line'];
  for (const name of names) {
    const probe = document.body.appendChild(make('i', name));
    colors[name] = getComputedStyle(probe).color;
    probe.remove();
  }
}

/** @type {(color: string, share: string) => string} */
const faded = (color, share) =>
  color.replace(/^rgba?\(([^)]+)\)$/, (_all, parts) =>
    `rgb(${parts} / ${share})`.replaceAll(',', ' '),
  );

/**
 * What the charts span: all that is known, from one to five minutes, whatever the clock of the app did. Asked
 * of the data and not of uPlot, which makes a span of decades of a single time.
 * @returns {[number, number]}
 */
function span() {
  const end = status?.times.at(-1) ?? Date.now() / 1000;
  return [Math.min(Math.max(status?.times[0] ?? end, end - 300), end - 60), end];
}

/** Two or three marks: `−4 min`, `−2 min`, `now`. @type {(start: number, end: number) => number[]} */
function marks(start, end) {
  const seconds = [20, 30, 60, 120].find((step) => (end - start) / step <= 3.5) ?? 120;
  const times = [];
  for (let time = end; time > start + seconds / 4; time -= seconds) times.unshift(time);
  return times;
}

/** @param {number} seconds */
function ago(seconds) {
  if (seconds < 1) return 'now';
  return seconds % 60 === 0 ? `−${seconds / 60} min` : `−${seconds} s`;
}

/** @param {Color} color @returns {(plot: uPlot) => CanvasGradient} */
function fill(color) {
  return (plot) => {
    const { top, height } = plot.bbox;
    const gradient = plot.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, faded(colors[color], '28%'));
    gradient.addColorStop(1, faded(colors[color], '2%'));
    return gradient;
  };
}

/** @param {Chart} chart */
function draw(chart) {
  const { id, format, least, lines } = chart;
  const place = byId(id);
  const size = () => ({ width: place.clientWidth, height: place.clientHeight });
  const axis = {
    stroke: () => colors.soft,
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
    grid: { stroke: () => colors.line, width: 1 },
  };
  const plot = new uPlot(
    {
      ...size(),
      padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { size: 7 },
        sync: { key: 'live' },
      },
      scales: {
        x: { time: false, range: span },
        y: { range: (_plot, _min, max) => [0, Math.max(least, (max ?? 0) * 1.15)] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 4,
          splits: (_plot, _axis, first, last) => marks(first, last),
          values: (_plot, times) =>
            times.map((time) => ago(Math.round((times.at(-1) ?? time) - time))),
          grid: { show: false },
        },
        {
          ...axis,
          size: 54,
          gap: 6,
          space: 30,
          values: (_plot, values) => values.map(format),
        },
      ],
      series: [
        {},
        ...lines.map(({ color, dash }) => ({
          stroke: () => colors[color],
          width: 1.75,
          ...(dash && { dash }),
          ...(lines.length === 1 && { fill: fill(color) }),
          points: { show: false },
        })),
      ],
      hooks: { setCursor: [({ cursor }) => showFigures(chart, cursor.idx)] },
    },
    [[], ...lines.map(() => [])],
    place,
  );
  new ResizeObserver(() => plot.setSize(size())).observe(place);
  return plot;
}

/** @type {readonly uPlot[]} */
let plots = [];
/** @type {Answer | undefined} */
let status;

/**
 * The figures above a chart: those under the pointer, else the newest.
 * @param {Chart} chart
 * @param {number | null | undefined} index
 */
function showFigures({ id, format, lines }, index) {
  if (!status) return;
  const known = status;
  byId(`${id}-figures`).replaceChildren(
    ...lines.map(({ key, label, color }) => {
      const value = known[key].at(index ?? -1);
      const figure = make('span', '', value === null || value === undefined ? '–' : format(value));
      if (label) {
        const small = make('small', '', label);
        figure.append(small);
        if (lines.length > 1) figure.prepend(make('i', `key ${color}`));
      }
      return figure;
    }),
  );
}

/**
 * Now, lowest, mean and highest, in words.
 * @param {readonly (number | null)[]} values
 * @param {Format} format
 * @returns {[string, string, string, string]}
 */
function figuresOf(values, format) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return ['–', '–', '–', '–'];
  const now = values.at(-1) ?? null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return [
    now === null ? '–' : format(now),
    format(Math.min(...known)),
    format(mean),
    format(Math.max(...known)),
  ];
}

/** @param {Answer} status */
function show(status) {
  const rows = charts.flatMap((chart, at) => {
    const { id, format, lines } = chart;
    plots[at]?.setData([[...status.times], ...lines.map(({ key }) => [...status[key]])]);
    showFigures(chart, plots[at]?.cursor.idx);
    const own = lines.map(({ key, name }) => ({ name, figures: figuresOf(status[key], format) }));
    byId(id).ariaLabel = own
      .map(
        ({ name, figures: [now, low, , high] }) =>
          `${name}: now ${now}, from ${low} to ${high} in the last five minutes.`,
      )
      .join(' ');
    return own;
  });
  byId('figures').replaceChildren(
    ...rows.map(({ name, figures }) => {
      const row = document.createElement('tr');
      row.append(Object.assign(make('th', '', name), { scope: 'row' }));
      row.append(...figures.map((figure) => make('td', '', figure)));
      return row;
    }),
  );
}

/** As the page had it from the server; an older browser leaves it at that. @param {number} seconds */
function spanOf(seconds) {
  if (!('DurationFormat' in Intl)) return undefined;
  return new Intl.DurationFormat('en', { style: 'narrow', secondsDisplay: 'always' }).format({
    days: Math.floor(seconds / 86_400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  });
}

/** The release may change under the open page, at the next deploy. @param {Answer} answer */
function showFacts({ version, commit, uptimeSeconds }) {
  /** @type {Record<string, string | undefined>} */
  const facts = { Version: version, Commit: commit, Uptime: spanOf(uptimeSeconds) };
  for (const label of document.querySelectorAll('dt')) {
    const fact = facts[label.textContent];
    const shown = label.nextElementSibling;
    if (fact !== undefined && shown) shown.textContent = fact;
  }
}

const state = byId('state');
/** @type {(text: string, lost: boolean) => void} */
function say(text, lost) {
  // Only what is new: it is read out.
  if (state.textContent !== text) state.textContent = text;
  state.classList.toggle('lost', lost);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {AbortController | undefined} */
let asking;

async function ask() {
  asking = new AbortController();
  const { signal } = asking;
  try {
    const response = await fetch('/api/status', {
      signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    /** @type {Answer} */
    const answer = await response.json();
    status = answer;
    showFacts(answer);
    show(answer);
    say('Up and running', false);
  } catch {
    if (signal.aborted) return;
    say('No answer, asking again', true);
  }
  if (!signal.aborted) timer = setTimeout(ask, periodMs());
}

const pause = byId('pause');
let isPaused = false;

/** Starts or stops to ask, by whether somebody looks. */
function follow() {
  clearTimeout(timer);
  asking?.abort();
  if (!document.hidden && !isPaused) ask();
}

readColors();
byId('live').hidden = false;
plots = charts.map(draw);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  readColors();
  for (const plot of plots) plot.redraw();
});
document.addEventListener('visibilitychange', follow);
pause.addEventListener('click', () => {
  isPaused = !isPaused;
  pause.textContent = isPaused ? 'Resume' : 'Pause';
  follow();
});
follow();

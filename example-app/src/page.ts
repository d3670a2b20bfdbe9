const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ccircle cx='8' cy='8' r='7' fill='%233fb950'/%3E%3C/svg%3E";

const LINKS: readonly (readonly [path: string, label: string])[] = [
  ['/health', 'health'],
  ['/ready', 'ready'],
  ['/api/info', 'info'],
  ['/api/metrics', 'metrics'],
  ['/openapi.json', 'openapi'],
];

/** The charts: what `assets/page.js` fills from `/api/status`, in this order. */
const CHARTS: readonly (readonly [id: string, title: string])[] = [
  ['requests', 'Requests'],
  ['errors', 'Errors'],
  ['latency', 'Latency'],
  ['inFlight', 'In flight'],
  ['memory', 'Memory'],
  ['eventLoop', 'Event loop'],
];

/**
 * Renders the page. Without its script it still has all facts; with it, charts of the last five minutes.
 *
 * @param name heading and title
 * @param facts what to list: label to value, in order; escaped here
 * @returns a whole HTML document
 */
export function renderPage(name: string, facts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(facts).map(
    ([label, value]) => `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  const charts = CHARTS.map(
    ([id, title]) =>
      `<li class="card"><h3>${title}</h3><p class="figures" id="${id}-figures"></p><div class="chart" id="${id}" role="img" aria-label="${title}"></div></li>`,
  );
  const links = LINKS.map(([path, label]) => `<a href="${path}">${label}</a>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(name)}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/assets/uplot.css">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/uplot.js" defer></script>
<script src="/assets/page.js" type="module"></script>
</head>
<body>
<header>
<h1>${escapeHtml(name)}</h1>
<p class="state" id="state" role="status">Up and running</p>
</header>
<main>
<dl class="card facts">
${rows.join('\n')}
</dl>
<section id="live" aria-labelledby="live-heading" hidden>
<div class="bar">
<h2 id="live-heading">Last five minutes</h2>
<button type="button" id="pause">Pause</button>
</div>
<ul class="charts">
${charts.join('\n')}
</ul>
<details class="card">
<summary>The same in figures</summary>
<table>
<thead><tr><th scope="col">What</th><th scope="col">Now</th><th scope="col">Lowest</th><th scope="col">Mean</th><th scope="col">Highest</th></tr></thead>
<tbody id="figures"></tbody>
</table>
</details>
</section>
<noscript><p class="card">The charts of the last five minutes need JavaScript. Their figures are at <a href="/api/status">/api/status</a>.</p></noscript>
</main>
<footer>
<nav aria-label="Endpoints">${links.join('')}</nav>
</footer>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

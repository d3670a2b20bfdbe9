/** The page's whole style sheet, apart from it because the security policy names it by its hash. */
export const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e8ecf2); --soft: light-dark(#5b6675, #9aa5b4);
  --paper: light-dark(#f3f5f8, #11151b); --card: light-dark(#fff, #1a2029); --line: light-dark(#e1e6ec, #2b333e);
  --accent: light-dark(#0b63ce, #6cb0ff); --good: light-dark(#1a7f37, #3fb950); }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: grid; place-items: center; padding: 1.5rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: min(38rem, 100%); padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { font-size: 1.375rem; }
p { color: var(--soft); }
p::before { content: ""; display: inline-block; width: .625rem; height: .625rem; margin-right: .5rem;
  border-radius: 50%; background: var(--good); }
dl { display: grid; grid-template-columns: auto 1fr; margin: 1.5rem 0; border-top: 1px solid var(--line); }
dt, dd { padding: .5rem 0; border-bottom: 1px solid var(--line); }
dt { padding-right: 2rem; color: var(--soft); }
dd { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
a { color: var(--accent); }
`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ccircle cx='8' cy='8' r='7' fill='%233fb950'/%3E%3C/svg%3E";

/**
 * Renders the page. It needs no script and nothing from elsewhere.
 *
 * @param name heading and title
 * @param facts what to list: label to value, in order; escaped here
 * @returns a whole HTML document
 */
export function renderPage(name: string, facts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(facts).map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}</dd>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(name)}</h1>
<p>Up and running</p>
<dl>
${rows.join('\n')}
</dl>
<nav><a href="/health">health</a><a href="/api/info">info</a><a href="/api/metrics">metrics</a></nav>
</main>
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

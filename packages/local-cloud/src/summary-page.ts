import { Marked } from 'marked';

/** A job summary as a page: GitHub's Markdown, raw HTML shown as text, Gantt charts drawn. */
export function summaryPage(markdown: string): string {
  const marked = new Marked({
    gfm: true,
    renderer: {
      html: ({ text }) => (text.startsWith('<!--') ? '' : inText(text)),
      code: ({ text, lang }) =>
        lang === 'mermaid' ? gantt(text) : `<pre><code>${inText(text)}</code></pre>`,
    },
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Job summary</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 15px/1.5 system-ui, sans-serif; max-width: 960px; margin: 2rem auto; padding: 0 1rem; color: #1f2328; background: #fff; overflow-wrap: anywhere; }
code, pre { font: 13px/1.45 ui-monospace, monospace; background: #f0f2f4; border-radius: 6px; }
code { padding: .15em .35em; } pre { padding: 1rem; overflow: auto; } pre code { padding: 0; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; } td, th { min-width: 4rem; border: 1px solid #d1d9e0; padding: .4rem .8rem; text-align: left; }
td:has(code) { min-width: 9rem; } td:first-child:not(:has(code)) { min-width: 7rem; } thead:not(:has(th:not(:empty))) { display: none; } h1, h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: .3rem; } h1 { margin-top: 3rem; }
.gantt { display: grid; grid-template-columns: fit-content(45%) 1fr; gap: .25rem 1rem; align-items: center; }
.bar { height: 1.1rem; border-radius: 4px; background: #1f883d; min-width: 3px; } .crit { background: #cf222e; }
</style>
${marked.parse(markdown)}
</html>
`;
}

// The charts are our own (shared/action/gantt): `  name length :done|crit, start, end`.
function gantt(text: string): string {
  const bars = [...text.matchAll(/^\s+(.+?) :(done|crit), (\d+), (\d+)$/gm)];
  const total = Math.max(1, ...bars.map(([, , , , end]) => Number(end)));
  const percent = (value: number) => `${((value / total) * 100).toFixed(2)}%`;
  const rows = bars.map(
    ([, name = '', mark = '', start, end]) =>
      `<div>${inText(name)}</div><div class="bar ${mark}" style="margin-left:${percent(Number(start))};width:${percent(Number(end) - Number(start))}"></div>`,
  );
  return `<div class="gantt">${rows.join('')}</div>`;
}

function inText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

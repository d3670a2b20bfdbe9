import { gantt } from '@slipway/shared/action/gantt';
import { codeSpan, escapeMarkdown, table } from '@slipway/shared/action/markdown';
import type { Failure } from '@slipway/shared/failure/failure';
import { cut } from '@slipway/shared/secrets/cut';
import { formatDuration } from '@slipway/shared/time/duration';
import { type Finding, severities } from '../findings/finding.ts';
import type { AllowEntry } from '../policy/policy.ts';
import { type Advice, planFor } from '../verdict/advice.ts';
import { sum } from '../verdict/counts.ts';
import type { Verdict } from '../verdict/judge.ts';
import type { Judged } from '../verdict/judged.ts';
import { type GateResult, labelOf } from './gate-result.ts';

const rows = { open: 20, folded: 180, advice: 10, delta: 50, allowlist: 50, text: 160 };

/** The job summary: verdict first, then what is there, what blocks, what to do, what is new. */
export function buildSummary(result: GateResult, name: string, verdict: string): string {
  const { failure, timeline, verdict: judged, warnings } = result;
  const parts = [
    headline(name, verdict, result),
    failure ? whyRed(failure) : '',
    ...warnings.map((warning) => `> [!WARNING]\n> ${escapeMarkdown(warning)}`),
    facts(result),
    ...(judged ? found(judged, result) : []),
    gantt(timeline),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headline(name: string, verdict: string, { verdict: judged }: GateResult): string {
  const what = escapeMarkdown(name);
  if (verdict === 'error') return `## ⚠️ error: nobody knows whether ${what} may pass`;
  if (!judged) return `## ❌ ${what}`;
  const { matrix } = judged;
  const total = sum(matrix, 'total');
  const blocking = sum(matrix, 'blocking');
  const mark = verdict === 'pass' ? '✅ pass' : '❌ fail';
  const counts = `${blocking} of ${total} ${total === 1 ? 'finding blocks' : 'findings block'}`;
  return `## ${mark}: ${what}, ${total === 0 ? 'nothing found' : counts}`;
}

function whyRed({ code, message, remedy }: Failure): string {
  const lines = message.split('\n').map(escapeMarkdown);
  return `**${codeSpan(code)}** ${lines.join('<br>')}\n\n${escapeMarkdown(remedy)}`;
}

function facts({ baseline, databaseUpdated, judgedAt, scanned, target }: GateResult): string {
  const lines: Array<[string, string]> = [];
  if (target) lines.push(['scanned', codeSpan(target.name)]);
  const others = target && target.others.length > 0 ? ` (not ${target.others.join(', ')})` : '';
  const platforms = scanned.flatMap(
    ({ report, subject }) => subject.platform ?? report.platform ?? [],
  );
  if (platforms.length > 0) {
    lines.push([
      platforms.length > 1 ? 'platforms' : 'platform',
      escapeMarkdown(platforms.join(', ') + others),
    ]);
  }
  lines.push(...systems(scanned));
  const trivy = scanned[0]?.report.trivy;
  if (trivy) lines.push(['Trivy', escapeMarkdown(trivy)]);
  if (databaseUpdated !== undefined && judgedAt !== undefined) {
    const age = formatDuration(Math.max(0, judgedAt - databaseUpdated));
    const made = new Date(databaseUpdated).toISOString();
    lines.push(['database', `of ${escapeMarkdown(made)}, ${age} old`]);
  }
  if (baseline) lines.push(['baseline', codeSpan(baseline)]);
  return lines.length > 0 ? table(['', ''], lines) : '';
}

function systems(scanned: GateResult['scanned']): Array<[string, string]> {
  const seen = new Map<string, string[]>();
  for (const one of scanned) {
    const { system } = one.report;
    if (!system) continue;
    const end = system.endOfLife ? ', **gets no updates any more**' : '';
    const text = escapeMarkdown(`${system.family} ${system.version}`) + end;
    seen.set(text, [...(seen.get(text) ?? []), labelOf(one)]);
  }
  return [...seen].map(([text, platforms]) => [
    'system',
    seen.size > 1 ? `${text} (${escapeMarkdown(platforms.join(', '))})` : text,
  ]);
}

function found(verdict: Verdict, { baseline }: GateResult): string[] {
  return [
    matrixTable(verdict, baseline !== undefined),
    blockingTable(verdict.judged),
    whatToDo(verdict.judged),
    delta(verdict),
    allowlistPart(verdict),
    unusedPart(verdict),
    slackPart(verdict),
  ];
}

function matrixTable({ matrix }: Verdict, compared: boolean): string {
  const lines = severities.map((severity) => {
    const { blocking, fixable, ignored, new: fresh, total } = matrix[severity];
    const cells = [total, fixable, compared ? fresh : '–', ignored, blocking];
    return [severity, ...cells.map((cell) => (cell === 0 ? '' : String(cell)))];
  });
  return table(['severity', 'total', 'fixable', 'new', 'ignored', 'blocking'], lines);
}

function blockingTable(judged: readonly Judged[]): string {
  const blocking: Judged[] = [];
  for (const one of judged) {
    if (one.fate !== 'blocks') break;
    blocking.push(one);
  }
  if (blocking.length === 0) return '';
  const several = blocking.some(({ platform }) => platform !== undefined);
  const all = ['severity', 'id', 'package', 'installed → fixed', 'published', 'where', 'why'];
  const head = several ? [...all, 'platform'] : all;
  const row = (one: Judged) =>
    several ? [...blockingRow(one), escapeMarkdown(one.platform ?? '')] : blockingRow(one);
  const open = blocking.slice(0, rows.open).map(row);
  const folded = blocking.slice(rows.open, rows.open + rows.folded).map(row);
  const left = blocking.length - open.length - folded.length;
  return [
    `### What blocks\n\n${table(head, open)}`,
    folded.length > 0
      ? `<details><summary>${folded.length} more</summary>\n\n${table(head, folded)}\n\n</details>`
      : '',
    left > 0 ? `${left} more are in the JSON report.` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function blockingRow({ finding, why }: Judged): string[] {
  const { fixed, id, installed, package: name, path, severity, title } = finding;
  return [
    severity,
    `${linked(finding)}${title && title !== id ? `<br>${escapeMarkdown(short(title))}` : ''}`,
    name ? codeSpan(short(name)) : '',
    installed ? `${escapeMarkdown(installed)} → ${fixed ? escapeMarkdown(short(fixed)) : '?'}` : '',
    finding.published === undefined ? '' : new Date(finding.published).toISOString().slice(0, 10),
    place(path, finding),
    escapeMarkdown(short(why)),
  ];
}

function place(path: string, { class: kind, line, layer }: Finding): string {
  if (path) return codeSpan(short(line > 0 ? `${path}:${line}` : path));
  const digest = layer?.replace(/^sha256:/, '').slice(0, 12);
  return kind === 'os-pkgs' ? `system${digest ? `, layer ${codeSpan(digest)}` : ''}` : '';
}

// Only an address that cannot end the link or begin another one.
function linked({ id, link }: Finding): string {
  const text = escapeMarkdown(short(id));
  return link && /^https:\/\/[\w.-]+\/[\w./%?=&#-]*$/.test(link) ? `[${text}](${link})` : text;
}

function whatToDo(judged: readonly Judged[]): string {
  const { base, updates } = planFor(judged, rows.advice);
  if (updates.length === 0) return '';
  const newer = `- Build on a newer base image, or update its packages: takes away up to ${base.blocking} blocking of ${base.all}.`;
  const lines = [...(base.blocking > 0 ? [newer] : []), ...updates.map(adviceLine)];
  return `### What to do\n\n${lines.join('\n')}`;
}

function adviceLine({ all, blocking, fixed, installed, package: name }: Advice): string {
  const versions = (list: string[]) => list.map((one) => escapeMarkdown(short(one))).join(' or ');
  const count = all === blocking ? `${blocking} blocking` : `${blocking} blocking of ${all}`;
  return `- Update ${codeSpan(name)} from ${versions(installed)} to ${versions(fixed)}: takes away ${count}.`;
}

function delta({ gone, judged }: Verdict): string {
  if (!gone) return '';
  const fresh = judged.filter(({ known }) => !known);
  const line = ({ id, package: name, installed, severity }: Finding) =>
    `- ${severity} ${escapeMarkdown(short(id))} ${escapeMarkdown(`${short(name)} ${installed}`.trim())}`;
  const list = (title: string, some: readonly Finding[]) => {
    const more = some.length > rows.delta ? `\n- and ${some.length - rows.delta} more` : '';
    const shown = some.slice(0, rows.delta).map(line).join('\n') + more;
    return some.length === 0
      ? `${title}: none`
      : `<details><summary>${title}: ${some.length}</summary>\n\n${shown}\n\n</details>`;
  };
  return [
    '### Against the baseline',
    list(
      'New',
      fresh.map(({ finding }) => finding),
    ),
    list('Fixed', gone),
  ].join('\n\n');
}

function allowlistPart({ ending, expired, judged }: Verdict): string {
  const used = new Map<AllowEntry, number>();
  for (const { entry } of judged) if (entry) used.set(entry, (used.get(entry) ?? 0) + 1);
  const soon = new Set(ending);
  const all = [...expired, ...ending, ...[...used.keys()].filter((entry) => !soon.has(entry))];
  if (all.length === 0) return '';
  const lines = all.slice(0, rows.allowlist).map((entry) => {
    const state = expired.includes(entry)
      ? '**expired** '
      : soon.has(entry)
        ? '**ends** '
        : 'until ';
    return [
      escapeMarkdown(short(entry.id)),
      entry.purl ? codeSpan(short(entry.purl.text)) : '',
      state + escapeMarkdown(entry.expires),
      escapeMarkdown(short(entry.owner)),
      escapeMarkdown(short(entry.reason)),
      String(used.get(entry) ?? 0),
    ];
  });
  const head = ['id', 'package', 'until', 'owner', 'reason', 'findings'];
  return `### Allowlist\n\n${table(head, lines)}`;
}

function unusedPart({ unusedEntries, unusedRules }: Verdict): string {
  const lines = [
    ...unusedEntries.map(({ id, owner }) => `allowlist entry ${id} of ${owner}`),
    ...unusedRules.map((purl) => `rule for ${purl}`),
  ];
  if (lines.length === 0) return '';
  const shown = lines.slice(0, rows.allowlist).map((one) => `- ${escapeMarkdown(short(one))}`);
  return `### Matched nothing, and can go\n\n${shown.join('\n')}`;
}

function slackPart({ slack }: Verdict): string {
  return slack
    .map(
      ({ count, most, severity }) =>
        `The maximum of ${severity} can go down from ${most} to ${count}.`,
    )
    .join('\n\n');
}

function short(text: string): string {
  return cut(text, rows.text);
}
